/** `lane`: a consumer reads from its own lane, and turns on loss. `race`: from both, whichever is first. */
export type Delivery = 'lane' | 'race'

export interface EgressOptions {
  readonly delivery?: Delivery
}
