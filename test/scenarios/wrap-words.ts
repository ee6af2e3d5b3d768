const WIDTH = 100

/** Words with commas between them, in lines that fit beside a margin. */
export function wrapWords(words: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const [place, word] of words.entries()) {
    const item = place < words.length - 1 ? `${word},` : word
    const longer = `${lines.at(-1)} ${item}`
    if (lines.length === 0 || longer.length > WIDTH) lines.push(item)
    else lines[lines.length - 1] = longer
  }
  return lines
}
