export { audit, type Audited, type PaidOrder } from './audit.ts'
export { gmv, type GmvEnds, Order } from './gmv.ts'
