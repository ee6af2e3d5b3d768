/** A word of a script. Of a string: what stands in it, or null where an escape hides that. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'template' | 'regex' | 'sign'
  readonly text: string | null
}

const NAME = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy
const NUMBER = /\.?\d[\w.]*/y
const STRING = /'(?:[^'\\\n\r]|\\(?:\r\n|[^]))*'|"(?:[^"\\\n\r]|\\(?:\r\n|[^]))*"/y
const REGEX = /\/(?:[^/[\\\n\r\u2028\u2029]|\\.|\[(?:[^\]\\\n\r\u2028\u2029]|\\.)*\])+\/[\w$]*/y
const SPACE = /(?:\s|\uFEFF|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)+/y
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y
const SIGN = /\.\.\.|=>|\?\.(?!\d)|\+\+|--|[^\s\w$]/y
/** Comments in a sloppy script, operators in a module. */
const HTML_COMMENT = /<!--|-->/y

/** Behind these words a slash begins a regular expression; behind those it may. */
const BEFORE_REGEX = /^(?:return|typeof|case|in|void|delete|instanceof|new|throw|else|do)$/
const UNSURE = /^(?:of|yield|await|let|async|static|get|set|using|break|continue|debugger)$/
const BEFORE_PARENTHESES = /^(?:if|while|for|with)$/

/**
 * The words of a script, without spaces and comments. Null wherever it is not certain how it reads: with a
 * slash behind a brace, an escape in a name, anything unheard of. What it does return is right.
 */
export function scriptTokens(script: string): readonly Token[] | null {
  return new Scanner(script).tokens()
}

export function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === 'sign' && token.text === text
}

/** What is behind it is the name of a property. */
export function isDot(token: Token | undefined): boolean {
  return isSign(token, '.') || isSign(token, '?.')
}

class Scanner {
  readonly #script: string
  readonly #tokens: Token[] = []
  /** What is open: whether a regular expression may begin behind its end. */
  readonly #open: ('parenthesis' | 'head' | 'unsure' | 'bracket' | 'brace' | 'template')[] = []
  #closed: 'parenthesis' | 'head' | 'unsure' = 'parenthesis'
  #at = 0

  constructor(script: string) {
    this.#script = script
  }

  tokens(): readonly Token[] | null {
    this.#take(SPACE)
    while (this.#at < this.#script.length) {
      if (!this.#next()) return null
      this.#take(SPACE)
    }
    return this.#open.length === 0 ? this.#tokens : null
  }

  #next(): boolean {
    const sign = this.#script[this.#at]!
    if (this.#take(HTML_COMMENT) !== null) return false
    if (sign === "'" || sign === '"') {
      const found = this.#take(STRING)
      return found !== null && this.#add('string', found.includes('\\') ? null : found.slice(1, -1))
    }
    if (sign === '`') {
      this.#at++
      return this.#template()
    }
    if (sign === '/') {
      const isRegex = this.#mayBeRegex()
      if (isRegex === null) return false
      if (isRegex) return this.#add('regex', this.#take(REGEX))
    }
    const name = this.#take(NAME)
    if (name !== null) return name !== '#' && this.#add('name', name)
    const number = this.#take(NUMBER)
    if (number !== null) return this.#add('number', number)
    if (sign === '}' && this.#open.at(-1) === 'template') {
      this.#at++
      this.#open.pop()
      return this.#template()
    }
    const found = sign === '\\' || sign === '@' ? null : this.#take(SIGN)
    return found !== null && this.#bracket(found) && this.#add('sign', found)
  }

  /** From behind a back-quote, or behind what was put in, to the next of either. */
  #template(): boolean {
    const found = this.#take(TEMPLATE)
    if (found === null) return false
    if (found.endsWith('{')) this.#open.push('template')
    return this.#add('template', null)
  }

  #bracket(sign: string): boolean {
    if (sign === '(') this.#open.push(this.#parenthesis())
    else if (sign === '[') this.#open.push('bracket')
    else if (sign === '{') this.#open.push('brace')
    else if (sign === ')') {
      const closed = this.#open.pop()
      if (closed !== 'parenthesis' && closed !== 'head' && closed !== 'unsure') return false
      this.#closed = closed
    } else if (sign === ']') return this.#open.pop() === 'bracket'
    else if (sign === '}') return this.#open.pop() === 'brace'
    return true
  }

  /** A slash behind the head of an `if` begins a statement; behind any other parenthesis it divides. */
  #parenthesis(): 'parenthesis' | 'head' | 'unsure' {
    const word = this.#word()
    if (word === null) return 'parenthesis'
    if (UNSURE.test(word)) return 'unsure'
    return BEFORE_PARENTHESES.test(word) ? 'head' : 'parenthesis'
  }

  /** Whether a slash begins a regular expression here; null where that is not certain. */
  #mayBeRegex(): boolean | null {
    const last = this.#tokens.at(-1)
    if (last === undefined) return null
    if (last.kind === 'template') return this.#open.at(-1) === 'template' ? null : false
    if (last.kind !== 'sign' && last.kind !== 'name') return false
    if (last.kind === 'name') {
      const word = this.#word()
      if (word === null) return false
      return UNSURE.test(word) ? null : BEFORE_REGEX.test(word)
    }
    const sign = last.text!
    if (sign === ')') return this.#closed === 'unsure' ? null : this.#closed === 'head'
    if (sign === ']') return false
    return sign === '}' || sign === '++' || sign === '--' ? null : true
  }

  /** The last token, if it is a word and not the name of a property. */
  #word(): string | null {
    const last = this.#tokens.at(-1)
    if (last?.kind !== 'name') return null
    return isDot(this.#tokens.at(-2)) ? null : last.text
  }

  #add(kind: Token['kind'], text: string | null): boolean {
    if (text === null && kind !== 'string' && kind !== 'template') return false
    this.#tokens.push({ kind, text })
    return true
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#script)
    if (found === null) return null
    this.#at = pattern.lastIndex
    return found[0]
  }
}
