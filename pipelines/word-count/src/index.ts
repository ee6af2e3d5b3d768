export { Line, Word, wordCount, type WordCountEnds } from './word-count.ts'
