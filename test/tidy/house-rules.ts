import { arrows } from './arrows.ts'
import { cycles } from './cycles.ts'
import { documents } from './documents.ts'
import { forms } from './forms.ts'
import { leftovers } from './leftovers.ts'
import { lockfile } from './lockfile.ts'
import { names } from './names.ts'
import { packages } from './packages.ts'
import { places } from './places.ts'
import { purity } from './purity.ts'
import { reached } from './reached.ts'
import { references } from './references.ts'
import { ruleTests } from './rule-tests.ts'
import type { Rule } from './rule.ts'
import { size } from './size.ts'
import { transitionTable } from './transition-table.ts'

export const HOUSE_RULES: readonly Rule[] = [
  arrows,
  cycles,
  documents,
  forms,
  leftovers,
  lockfile,
  names,
  packages,
  places,
  purity,
  reached,
  references,
  ruleTests,
  size,
  transitionTable,
]
