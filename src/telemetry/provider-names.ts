/** Kinds of providers that tracing knows by another name than ours. */
const wellKnown: Readonly<Record<string, string>> = {
  gemini: 'gcp.gemini',
  'gemini-openai': 'gcp.gemini',
  vertex: 'gcp.vertex_ai',
  'vertex-anthropic': 'gcp.vertex_ai',
  'vertex-openai': 'gcp.vertex_ai',
  bedrock: 'aws.bedrock',
  'azure-openai': 'azure.ai.openai',
  'openai-responses': 'openai',
  'deepseek-anthropic': 'deepseek',
  mistral: 'mistral_ai',
  xai: 'x_ai',
  watsonx: 'ibm.watsonx.ai',
}

/** `gen_ai.provider.name` of a kind of provider. */
export const providerNameOf = (kind: string): string => wellKnown[kind] ?? kind
