import { section, text, whole } from './fields.ts'

/** The administrators' door. */
export const adminSchema = section(
  {
    token: text({
      description:
        'What administrators send as `Authorization: Bearer …`, at least 16 characters. Default: a new one at each start, shown once on standard error. The environment variable `TOLLGATE_ADMIN_TOKEN` is the usual place for it.',
      examples: [`\${TOLLGATE_ADMIN_TOKEN}`],
    }).optional(),
    readToken: text({
      description:
        'A token that shows everything, but what was said in calls, and changes nothing, at least 16 characters. Default: there is none.',
      examples: [`\${TOLLGATE_READ_TOKEN}`],
    }).optional(),
    host: text(
      {
        description:
          'An address of its own for `/admin/`, which is then nowhere else. Default, where `port` is given: `127.0.0.1`.',
        examples: ['127.0.0.1'],
      },
      'address',
    ).optional(),
    port: whole(
      { least: 0, most: 65_535 },
      { description: 'A port of its own for `/admin/`. Default, where `host` is given: a free one.', examples: [4001] },
    ).optional(),
  },
  { description: 'The door of administrators, `/admin/`, and who may come in.' },
)
