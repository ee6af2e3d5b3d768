import type { Form } from './wire-shape.ts'
import { VALUE_KINDS } from './wire-value.ts'

/**
 * The canonical text of a form. Two programs understand each other exactly if these texts are equal, so its
 * hash is what a version stands for.
 */
export function describeForm(form: Form): string {
  switch (form.form) {
    case 'list':
      return `[${describeForm(form.of)}]`
    case 'nullable':
      return `${describeForm(form.of)}?`
    case 'one-of':
      return `(${form.words.join('|')})`
    case 'fieldset':
      return `{${form.fields.map((field) => `${field.name}:${describeForm(field.form)}`).join(',')}}`
    case 'union':
      return `<${form.cases.map((each, code) => `${form.kinds[code]}${describeForm(each)}`).join('|')}>`
    case 'value':
      return `value(${VALUE_KINDS.join('|')})`
    case 'bool':
    case 'whole':
    case 'number':
    case 'digest':
    case 'text':
    case 'bytes':
    case 'frame':
      return form.form === form.name ? form.form : `${form.form}:${form.name}`
  }
}
