export {
  type EndedRankings,
  type EndingTopKOptions,
  type RankedColumns,
  topK,
  type TopKOptions,
} from './top-k.ts'
