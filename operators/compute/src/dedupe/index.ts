export { dedupe, type DedupeOptions } from './dedupe.ts'
