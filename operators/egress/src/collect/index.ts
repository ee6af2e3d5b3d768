export { collect, type Collected, collectLatest } from './collect.ts'
