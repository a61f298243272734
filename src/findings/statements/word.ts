/** A word from a fixed list that a renderer translates, or a name from the target (a variable, a type, a label). */
export type Word = string;
