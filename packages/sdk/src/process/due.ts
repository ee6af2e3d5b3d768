/** Whether there is something to be done once the callback has returned that is running. */
export interface Due {
  is: boolean
}
