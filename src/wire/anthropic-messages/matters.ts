const marks = /"message|input_json_delta|"tool_use"|block_stop|"error"|event: error/

/**
 * May there be usage, an end, tool arguments or an error in these bytes? Every event about the message, every whole
 * message, the end of a tool call and every error has one of these words; a text that happens to have one costs a look.
 * One pass over the bytes as Latin-1 costs 0.2 µs per event, a search for each word four times that.
 */
export const matters = (bytes: Buffer): boolean => marks.test(bytes.toString('latin1'))
