import { crc32c } from '@pollux/protocol'
import { measure } from './measure.ts'
import type { Suite } from './suite.ts'

export const digest: Suite = {
  name: 'digest',
  title: 'CRC-32C in plain JavaScript',
  run: () => [
    ['bytes', 'CPU ns', 'GB/s'],
    ...[100, 1024, 65_536].map((length) => {
      const bytes = new Uint8Array(length).fill(7)
      const ns = measure(() => crc32c(bytes, 0, length))
      return [String(length), ns.toFixed(0), (length / ns).toFixed(2)]
    }),
  ],
}
