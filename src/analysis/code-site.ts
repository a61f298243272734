/** A position in Go code as a profile or dump names it. */
export interface CodeSite {
  /** Full name: "example.com/shop/cart.(*Store).Put". */
  function: string;
  /** Path on the build machine, or package path and file with -trimpath. Empty if not known. */
  file: string;
  /** 0 if not known. */
  line: number;
}
