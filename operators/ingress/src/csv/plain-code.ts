/**
 * The text of a loop over plain records, for fields of these kinds. Nothing that an author wrote becomes part
 * of it: fields are numbers, and what differs between columns is a parameter.
 */
export type FieldForm =
  /** A whole number within a range. */
  | { readonly kind: 'whole'; readonly least: number; readonly most: number }
  | { readonly kind: 'symbol' }
  /** Whatever `CellWriter` can write. */
  | { readonly kind: 'cell' }
  | { readonly kind: 'unwanted' }

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
const MINUS = 0x2d
const ONES = 0x01010101
/** As many digits as are exact without a second thought. */
const DIGITS_MAX = 15

/** How many arguments the loop takes before those of its fields: data and symbols by number. */
export const LOOP_PARAMETERS = [
  'text',
  'from',
  'to',
  'rowFrom',
  'rowTo',
  'loop',
  'MASKS',
  'POWERS',
  'fieldEnd',
]

/**
 * `loop.row` is the first row that was not written. Words are read four bytes at a time, past the end of the
 * field and of the text too, where there is room.
 */
export function plainCode(fields: readonly FieldForm[], separator: number, hasTexts: boolean): string {
  const last = fields.length - 1
  return [
    'const { bytes, view } = text',
    ...fields.flatMap(({ kind }, n) =>
      kind === 'symbol' ? [`const { words: w${n}, codes: c${n} } = s${n}`] : [],
    ),
    ...fields.flatMap(({ kind }, n) =>
      kind === 'symbol' ? [`const { lengths: l${n}, mask: m${n} } = s${n}`] : [],
    ),
    'let start = from, row = rowFrom, at = 0, first = 0, end = 0, value = 0, sign = 1',
    'let a = 0, b = 0, c = 0, d = 0, t = 0, n = 0, u = 0',
    `records: while (start < to && row < rowTo${hasTexts ? ' && loop.hasRoom(row)' : ''}) {`,
    'at = start',
    ...fields.flatMap((form, n) => fieldCode(form, n, n === last ? LF : separator)),
    'row++',
    'start = at',
    '}',
    'loop.row = row',
    'return start',
  ].join('\n')
}

function fieldCode(form: FieldForm, n: number, stop: number): readonly string[] {
  switch (form.kind) {
    case 'whole':
      return [...wholeCode(n, form.least, form.most), ...stopCode(stop)]
    case 'symbol':
      return symbolCode(n, stop)
    case 'cell':
    case 'unwanted':
      return cellCode(form.kind, n, stop)
  }
}

/**
 * A byte that is no digit is above 9 without its zero: adding 0x76 sets its high bit, unless it is set. The
 * digits before the first such byte are moved to the high end, so that zeros come before them.
 */
function wholeCode(n: number, least: number, most: number): readonly string[] {
  return [
    `if (bytes[at] === ${MINUS}) { sign = -1; at++ } else sign = 1`,
    'first = at',
    'value = 0',
    'for (;;) {',
    't = view.getInt32(at, true) ^ 0x30303030',
    'u = ((t + 0x76767676) | t) & 0x80808080',
    'if (u !== 0) break',
    't = (t * 10 + (t >>> 8)) & 0xff00ff',
    'value = value * 10000 + ((t & 255) * 100 + (t >>> 16))',
    'at += 4',
    '}',
    'u = (31 - Math.clz32(u & -u)) >>> 3',
    'if (u > 0) {',
    't = t << (32 - 8 * u)',
    't = (Math.imul(t, 10) + (t >>> 8)) & 0xff00ff',
    'value = value * POWERS[u] + ((t & 255) * 100 + (t >>> 16))',
    'at += u',
    '}',
    `if (at === first || at - first > ${DIGITS_MAX}) break records`,
    'if (sign < 0) value = 0 - value',
    ...(Number.isFinite(least) ? [`if (value < ${least} || value > ${most}) break records`] : []),
    `d${n}[row] = value`,
  ]
}

function stopCode(stop: number): readonly string[] {
  return [
    ...(stop === LF ? [`if (bytes[at] === ${CR}) at++`] : []),
    `if (bytes[at] !== ${stop}) break records`,
    'at++',
  ]
}

/** Up to 16 bytes as four words: no loop over them, so nothing to guess wrong but the symbol itself. */
function symbolCode(n: number, stop: number): readonly string[] {
  const stops = stop * ONES
  const hit = (word: string, shift: number): string =>
    `t = ${word} ^ ${stops}; u = ((t - ${ONES}) & ~t & 0x80808080) >>> 7; ` +
    `n |= (Math.imul(u, 0x10204080) >>> 28) << ${shift}`
  return [
    'a = view.getInt32(at, true); b = view.getInt32(at + 4, true)',
    'c = view.getInt32(at + 8, true); d = view.getInt32(at + 12, true)',
    'n = 0',
    hit('a', 0),
    hit('b', 4),
    hit('c', 8),
    hit('d', 12),
    'if (n === 0) break records',
    'n = 31 - Math.clz32(n & -n)',
    'end = at + n',
    ...(stop === LF ? [`if (n > 0 && bytes[end - 1] === ${CR}) n--`] : []),
    'u = n << 2',
    'a &= MASKS[u]; b &= MASKS[u + 1]; c &= MASKS[u + 2]; d &= MASKS[u + 3]',
    't = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)',
    't ^= Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f)',
    `t = (t ^ (t >>> 15) ^ (t >>> 23)) & m${n}`,
    'for (;;) {',
    'u = t << 2',
    `if (w${n}[u] === a && w${n}[u + 1] === b && w${n}[u + 2] === c && w${n}[u + 3] === d && ` +
      `l${n}[t] === n) break`,
    `if (c${n}[t] === 0) break records`,
    `t = (t + 1) & m${n}`,
    '}',
    `u = c${n}[t]`,
    'if (u === 0) break records',
    `d${n}[row] = u - 1`,
    'at = end + 1',
  ]
}

/** What an empty field means, and what quotes do, is for the parser to say. */
function cellCode(kind: 'cell' | 'unwanted', n: number, stop: number): readonly string[] {
  return [
    `if (bytes[at] === ${QUOTE}) break records`,
    'end = fieldEnd(view, at, loop.separators)',
    `if (bytes[end] !== ${stop}) break records`,
    ...(kind === 'unwanted'
      ? []
      : [
          'u = end',
          ...(stop === LF ? [`if (u > at && bytes[u - 1] === ${CR}) u--`] : []),
          `if (u === at || !loop.put(${n}, row, at, u)) break records`,
        ]),
    'at = end + 1',
  ]
}
