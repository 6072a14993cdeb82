/** The name of this wire, which is also the origin of thinking that Claude signed. */
export const wireName = 'anthropic-messages'
