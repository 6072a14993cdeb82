const marks = /messageStop|metadata|toolUse|BlockStop|xception|:error-code/

/**
 * May there be usage, an end, tool arguments or an error in these bytes? Every message about one of them has one of these
 * words in its headers or its payload; a text that happens to have one costs a look.
 */
export const matters = (bytes: Buffer): boolean => marks.test(bytes.toString('latin1'))
