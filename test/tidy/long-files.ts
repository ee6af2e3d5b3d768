/** The files over 300 lines that are better read in one piece, each with the reason. None may be over 500. */
export const LONG_FILES: Readonly<Record<string, string>> = {}
