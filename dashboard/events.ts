/** An event as it came: its name, and its data read as JSON; a comment is named `:`, and is text. */
export type Listener = (event: string, data: unknown) => void

/** Cuts a stream of server-sent events into them. */
export const eventsIn = (tell: Listener): ((text: string) => void) => {
  let rest = ''
  return (text) => {
    const blocks = (rest + text).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      let event = 'message'
      const data: string[] = []
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith(':')) tell(':', line.slice(1).trim())
        const [, field, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
        if (field === 'event') event = value
        else if (field === 'data') data.push(value)
      }
      if (data.length > 0) tell(event, parsed(data.join('\n')))
    }
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
