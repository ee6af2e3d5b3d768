export {
  BUFFER_STORE_CLAIMS,
  DURABLE_STORE_CLAIMS,
  FULL_STORE_BYTES,
  FULL_STORE_CLAIMS,
} from './buffer-store-contract.ts'
export {
  type Ask,
  checkClaim,
  type ContractClaim,
  sameValue,
  type Steps,
  type Turn,
} from './contract-claim.ts'
export { COORDINATOR_CLAIMS } from './coordinator-contract.ts'
