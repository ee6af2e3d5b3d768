import { compile, describePlan, pipeline, schema, t } from '@pollux/sdk'
import { collection } from '@pollux/ingress/collection'
import { collect } from '@pollux/egress/collect'

const Line = schema({ text: t.text() })
const lines = pipeline('lines', ({ ingress }) => {
  ingress('lines', collection(Line, []))
    .filter(({ text }) => text !== '')
    .egress('out', collect())
})
console.log(describePlan(compile(lines)))
