export { collection, type CollectionOptions } from './collection.ts'
