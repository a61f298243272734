declare const brand: unique symbol;

/** A nominal type: a number that indexes one table cannot be handed to another. Costs nothing at run time. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
