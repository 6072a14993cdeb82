import { allowanceFields } from './allowance-schema.ts'
import { name, section } from './fields.ts'

/** An org. */
export const orgSchema = section(allowanceFields, { description: 'An org: teams that share limits and budgets.' })

/** A team. */
export const teamSchema = section(
  { org: name({ description: 'The org it belongs to.', examples: ['acme'] }).optional(), ...allowanceFields },
  { description: 'A team: keys that share limits and budgets.' },
)

/** A user. */
export const userSchema = section(
  { team: name({ description: 'The team it belongs to.', examples: ['shop'] }).optional(), ...allowanceFields },
  { description: 'A user: somebody whose keys share limits and budgets.' },
)
