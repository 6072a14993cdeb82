const marks = ['"message', 'input_json_delta', '"tool_use"', 'block_stop', '"error"', 'event: error'].map((mark) =>
  Buffer.from(mark),
)

/**
 * May there be usage, an end, tool arguments or an error in these bytes? Every event about the message, every whole
 * message, the end of a tool call and every error has one of these words; a text that happens to have one costs a look.
 */
export const matters = (bytes: Buffer): boolean => marks.some((mark) => bytes.includes(mark))
