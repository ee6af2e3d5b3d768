import { OptionCheck } from '../options/option-check.ts'

/** With more of them the smallest amounts of a whole unit would leave the range of what is exact. */
const MONEY_DECIMALS_MOST = 15

/** What all formats have in common. */
export function checkFormat(
  of: string,
  schema: unknown,
  unknownColumns: unknown,
  moneyDecimals: unknown,
): OptionCheck {
  const check = new OptionCheck(of)
  check.schema(schema)
  check.choice('unknownColumns', unknownColumns, ['refuse', 'ignore'])
  check.number('moneyDecimals', moneyDecimals, { from: 0, to: MONEY_DECIMALS_MOST, whole: true })
  return check
}
