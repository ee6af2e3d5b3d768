/** How epochs are told as time: epoch e begins at `originMs + e * tickMs`. */
export interface PlanClock {
  readonly originMs: number
  readonly tickMs: number
}
