declare const brand: unique symbol

/** A number or text that the compiler keeps apart from its like: a `Seq` is not an `Epoch`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
