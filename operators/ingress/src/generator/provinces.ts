/** A province, and its share of what is sold and bought in the festival, in percent. */
export interface Province {
  /** GB/T 2260. */
  readonly code: number
  readonly zh: string
  readonly en: string
  readonly seller: number
  readonly buyer: number
}

/**
 * Sellers: online retail of 2019 for the first ten, the others by their retail sales; buyers: share of retail
 * sales. The last three are guesses. The shares add up to about a hundred.
 */
export const PROVINCES: readonly Province[] = [
  of(110000, '北京', 'Beijing', 11.4, 4.0),
  of(120000, '天津', 'Tianjin', 1.9, 1.83),
  of(130000, '河北', 'Hebei', 1.35, 4.35),
  of(140000, '山西', 'Shanxi', 0.66, 2.12),
  of(150000, '内蒙古', 'Inner Mongolia', 0.67, 2.15),
  of(210000, '辽宁', 'Liaoning', 1.36, 4.38),
  of(220000, '吉林', 'Jilin', 0.69, 2.23),
  of(230000, '黑龙江', 'Heilongjiang', 0.79, 2.56),
  of(310000, '上海', 'Shanghai', 11.6, 3.9),
  of(320000, '江苏', 'Jiangsu', 9.0, 8.66),
  of(330000, '浙江', 'Zhejiang', 16.5, 6.5),
  of(340000, '安徽', 'Anhui', 2.0, 2.66),
  of(350000, '福建', 'Fujian', 4.2, 3.38),
  of(360000, '江西', 'Jiangxi', 0.58, 1.87),
  of(370000, '山东', 'Shandong', 3.7, 9.32),
  of(410000, '河南', 'Henan', 1.58, 5.08),
  of(420000, '湖北', 'Hubei', 1.39, 4.47),
  of(430000, '湖南', 'Hunan', 1.15, 3.7),
  of(440000, '广东', 'Guangdong', 23.8, 11.22),
  of(450000, '广西', 'Guangxi', 0.65, 2.1),
  of(460000, '海南', 'Hainan', 0.13, 0.41),
  of(500000, '重庆', 'Chongqing', 0.58, 1.87),
  of(510000, '四川', 'Sichuan', 2.2, 4.34),
  of(520000, '贵州', 'Guizhou', 0.29, 0.94),
  of(530000, '云南', 'Yunnan', 0.48, 1.55),
  of(540000, '西藏', 'Tibet', 0.04, 0.12),
  of(610000, '陕西', 'Shaanxi', 0.63, 2.03),
  of(620000, '甘肃', 'Gansu', 0.28, 0.89),
  of(630000, '青海', 'Qinghai', 0.07, 0.23),
  of(640000, '宁夏', 'Ningxia', 0.08, 0.26),
  of(650000, '新疆', 'Xinjiang', 0.28, 0.89),
  of(710000, '台湾', 'Taiwan', 0.3, 0.3),
  of(810000, '香港', 'Hong Kong', 0.3, 0.3),
  of(820000, '澳门', 'Macau', 0.05, 0.05),
]

/** As the columns of orders have them. */
export const PROVINCE_NAMES: readonly string[] = PROVINCES.map(({ en }) => en)

function of(code: number, zh: string, en: string, seller: number, buyer: number): Province {
  return { code, zh, en, seller, buyer }
}
