/** The name of this wire, which is also the origin of thinking that Gemini signed. */
export const wireName = 'gemini'
