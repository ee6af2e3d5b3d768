export function complaints(): readonly { readonly claim: string; readonly detail: string }[] {
  return []
}
