/** A step keeps more than it may: the pipeline halts by name, instead of running out of memory. */
export class StateSizeError extends Error {
  override readonly name = 'StateSizeError'

  constructor(pipeline: string, step: string, where: string, bytes: number, most: number) {
    super(
      `${pipeline}, step ${step} (${where}): one partition keeps about ${bytes} bytes, more than ` +
        `its stateBytesMax of ${most}.\n` +
        '  Why: what is kept must fit into the memory of a replica, and of its twin.\n' +
        '  Try: a time to live, fewer keys, shorter windows, more partitions, or a larger stateBytesMax.',
    )
  }
}
