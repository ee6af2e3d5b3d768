import {
  type Column,
  combineHash,
  HASH_NULL,
  HASH_START,
  hashBytes,
  hashInt64,
  hashNumber,
} from '@pollux/protocol'
import type { TextWriter } from '../program/generated/text-writer.ts'
import type { KeyNumbers } from './key-numbers.ts'
import { SPREAD } from './keyed-rows.ts'
import { sameBytes } from './same-cell.ts'

/** What to ask, and to do, where a row may be left out once its key has been added. */
export interface PlaceText {
  /** Whether the key has just been added. */
  readonly isNew: string
  /** Where a key has stood that was added for such a row, another one may stand afterwards. */
  readonly forget: string
}

/**
 * How the key of a row is found in a store, as text of a loop over `rows` whose row at hand is `r`: what
 * `hashOf` and `KeyedStore.place` do for keys of any columns, with the arrays of these columns at hand.
 */
export class KeyText {
  readonly #columns: readonly Column[]
  readonly #writer: TextWriter

  constructor(columns: readonly Column[], writer: TextWriter) {
    this.#columns = columns
    this.#writer = writer
  }

  /** Before the loop, in another part of its text: opens the columns. */
  open(writer: TextWriter): void {
    for (const { index, kind, storage } of this.#columns) {
      if (storage === 'variable') {
        writer.line(`const ko${index} = rows.offsets(${index}), kb${index} = rows.textBytes(${index})`)
      } else if (kind !== 'bool') writer.line(`const kc${index} = rows.data(${index})`)
      if (kind === 'symbol') writer.line(`const kd${index} = rows.dictionary(${index})`)
    }
  }

  /**
   * In the loop: `hash`, and where the key stands in `store`, as `group` and `slot`; -1 if it does not.
   * `groups` are those of the store, `lastGroup` is the number of the last.
   */
  find(): void {
    this.#search('{ slot = entry - 1; break }')
  }

  /** The same where several rows may have one key: one of them, and as `more` whether there are others. */
  findSome(): void {
    this.#writer.line('let more = false')
    this.#search('{ if (slot >= 0) { more = true; break } slot = entry - 1 }')
  }

  /** A row of this key, if `slot` tells of none. */
  add(): void {
    const columns = this.#writer.bind('keyColumns', this.#columns)
    this.#writer.line(`if (slot < 0) slot = group.add(hash, rows, r, ${columns})`)
  }

  /**
   * All of it, or where keys have numbers that instead: `group` and `slot` of the key, which is added if it
   * is new. `isTried`: that may be undone. `found`: what is done before a key is added that was not there.
   */
  place(numbers: KeyNumbers | null, isTried: boolean, found: () => void = () => undefined): PlaceText {
    if (numbers === null) {
      this.find()
      found()
      if (isTried) this.#writer.line('const isNew = slot < 0')
      this.add()
      return { isNew: 'isNew', forget: '' }
    }
    if (isTried) this.#writer.line('places.isNew = false')
    this.#placeByNumber(numbers)
    return { isNew: 'places.isNew', forget: 'slots[code] = -1' }
  }

  /** `slots` and `homes` are those of `places`. */
  #placeByNumber({ sizes }: KeyNumbers): void {
    const writer = this.#writer
    const [only] = this.#columns
    writer.line(`const code = ${sizes === null ? `kc${only!.index}[r]` : codeText(sizes, this.#columns)}`)
    if (sizes !== null) writer.line('let slot = slots[code], group = homes[code]')
    else {
      // Reading past the end of an array would make all of the loop slow.
      writer.line('let slot = code < slots.length ? slots[code] : -1')
      writer.line('let group = slot < 0 ? undefined : homes[code]')
    }
    writer.open('if (slot < 0 || group.alive[slot] === 0)')
    writer.line('slot = places.find(code, rows, r)')
    if (sizes === null) writer.line('slots = places.slots')
    writer.line('group = homes[code]')
    writer.close()
  }

  /**
   * Instead, whether a row of this key stands among the rows of a key group, which may be none: if not, a
   * flag is set. All in a block of its own.
   */
  unlessAmong(rows: string, flag: string): void {
    const writer = this.#writer
    writer.open('')
    writer.line(`const group = ${rows}`)
    writer.line('let slot = -1')
    writer.open('if (group !== undefined)')
    writer.line(`const hash = ${this.#hash()}`)
    this.#searchGroup('{ slot = entry - 1; break }')
    writer.close()
    writer.line(`if (slot < 0) ${flag} = true`)
    writer.close()
  }

  #search(found: string): void {
    const writer = this.#writer
    writer.line(`const hash = ${this.#hash()}`)
    writer.line('const group = groups[hash & lastGroup] ?? store.of(hash)')
    writer.line('let slot = -1')
    this.#searchGroup(found)
  }

  #searchGroup(found: string): void {
    const writer = this.#writer
    writer.line('const ki = group.index, km = ki.length - 1')
    writer.line(`let kp = Math.imul(hash, ${SPREAD}) >>> group.shift`)
    writer.open('for (let entry = ki[kp]; entry !== 0; entry = ki[kp = (kp + 1) & km])')
    const same = ['entry > 0', 'group.hashes[entry - 1] === hash', ...this.#same('entry - 1')]
    writer.line(`if (${same.join(' && ')}) ${found}`)
    writer.close()
  }

  #hash(): string {
    const [only, ...more] = this.#columns
    if (only !== undefined && more.length === 0) return this.#hashOf(only)
    const combine = this.#writer.bind('combineHash', combineHash)
    return this.#columns.reduce(
      (hash, column) => `${combine}(${hash}, ${this.#hashOf(column)})`,
      String(HASH_START),
    )
  }

  #hashOf(column: Column): string {
    const { index, optional } = column
    const there = this.#hashThere(column)
    return optional ? `(rows.isNull(${index}, r) ? ${HASH_NULL} : ${there})` : there
  }

  #hashThere({ index, kind }: Column): string {
    const writer = this.#writer
    switch (kind) {
      case 'text':
      case 'bytes':
        return `${writer.bind('hashBytes', hashBytes)}(kb${index}, ko${index}[r], ko${index}[r + 1])`
      case 'symbol':
        return `kd${index}.hash(kc${index}[r])`
      case 'int64':
        return `${writer.bind('hashInt64', hashInt64)}(kc${index}[2 * r], kc${index}[2 * r + 1])`
      case 'bool':
        return `(rows.bool(${index}, r) ? ${hashNumber(1)} : ${hashNumber(0)})`
      default:
        return `${writer.bind('hashNumber', hashNumber)}(kc${index}[r])`
    }
  }

  /** Whether the key at a slot of `group` is that of the row, as conditions. */
  #same(slot: string): readonly string[] {
    return this.#columns.map((column, key) => {
      const there = this.#sameThere(column, `group.keys.columns[${key}]`, slot)
      if (!column.optional) return there
      const nulls = [`group.keys.isNull(${key}, ${slot})`, `rows.isNull(${column.index}, r)`]
      return `(${nulls[0]} ? ${nulls[1]} : !${nulls[1]} && ${there})`
    })
  }

  #sameThere({ index, kind, storage, cap }: Column, keys: string, slot: string): string {
    const [one, other] = [`${keys}.data[${slot}]`, `kc${index}[r]`]
    switch (kind) {
      case 'bool':
        return `${one} === (rows.bool(${index}, r) ? 1 : 0)`
      case 'int64':
        return [0, 1]
          .map((half) => `${keys}.data[2 * (${slot}) + ${half}] === kc${index}[2 * r + ${half}]`)
          .join(' && ')
      case 'float64':
        return `(${one} === ${other} || (${one} !== ${one} && ${other} !== ${other}))`
      default:
        if (storage === 'variable') {
          const same = this.#writer.bind('sameBytes', sameBytes)
          const kept = `${keys}.data, ${keys}.offsets[${slot}], ${keys}.offsets[${slot} + 1]`
          return `${same}(${kept}, kb${index}, ko${index}[r], ko${index}[r + 1])`
        }
        return cap > 0
          ? `${keys}.dictionary.text(${one}) === kd${index}.text(${other})`
          : `${one} === ${other}`
    }
  }
}

/** The number of a key: the places of its parts, each times the numbers that there are behind it. */
function codeText(sizes: readonly number[], columns: readonly Column[]): string {
  return columns.reduce((text, { index }, key) => `(${text}) * ${sizes[key]!} + kc${index}[r]`, '0')
}
