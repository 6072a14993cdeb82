import type { DeclaredKey, DeclaredScope } from '../control/declaration.ts'
import type { Allowance } from '../core/allowance.ts'
import type { CacheRules } from '../core/cache-rules.ts'
import type { BodyRules } from '../core/call-bodies.ts'
import type { JobEngine } from '../core/job-engine.ts'
import type { OutputRules } from '../core/output-rules.ts'
import type { QueueLimits } from '../core/queue-limits.ts'
import type { Quirks } from '../core/target.ts'
import type { WeighedKey } from '../providers/several-keys.ts'
import type { AwsIdentity } from '../providers/sign/aws.ts'
import type { SimulatedOptions } from '../providers/simulated-options.ts'
import type { VertexAccess } from '../providers/vertex.ts'
import type { HedgeLimits, RetryLimits, RouteTimeouts } from '../routing/plan.ts'
import type { PolicyName } from '../routing/policies.ts'
import type { StickyKind } from '../routing/sticky.ts'
import type { Condition } from '../routing/when.ts'
import type { TraceSettings } from '../telemetry/open-traces.ts'
import type { Complaint } from './complaints.ts'
import type { PriceRules } from './price-rule.ts'
import type { AiSdkConfig } from './resolve-ai-sdk.ts'
import type { AzureConfig } from './resolve-azure.ts'

/** A configuration that was checked whole: every default filled in, times in milliseconds, sizes in bytes. */
export interface Config {
  /** The file it came from, as it was named; undefined when none was read. */
  readonly file: string | undefined
  readonly server: ServerConfig
  /** Why no server may listen there while everybody is let in; undefined: only this machine reaches it. */
  readonly exposure: Complaint | undefined
  readonly store: StoreConfig
  readonly cache: CacheConfig
  /** Configured and found ones, by name. */
  readonly providers: ReadonlyMap<string, ProviderConfig>
  /** Public models by name; `provider/model` is served beside them. */
  readonly models: ReadonlyMap<string, ModelConfig>
  readonly keys: readonly DeclaredKey[]
  /** Orgs, teams and users that are described. */
  readonly scopes: readonly DeclaredScope[]
  /** Every budget and limit, of whomever. */
  readonly allowances: readonly Allowance[]
  /** Where alerts and ends of jobs may be told, by name. */
  readonly webhooks: ReadonlyMap<string, WebhookConfig>
  readonly webhookRules: WebhookRules
  readonly jobs: JobsConfig
  /** What tells workers that there are jobs. */
  readonly queue: JobEngine
  /** They go before known prices. */
  readonly prices: PriceRules
  readonly telemetry: TelemetryConfig
  /** For calls whose model has none of its own. */
  readonly timeouts: RouteTimeouts & {
    /** DNS, TCP and TLS together. Default 5 000. */
    readonly connectMs: number
  }
  /** For calls whose model has none of its own. */
  readonly retry: RetryLimits
  /** For calls whose model says nothing of it; undefined: what is usual. */
  readonly output: OutputRules | 'off' | undefined
}

/** How jobs are done. */
export interface JobsConfig {
  /** So many at a time in a server; 0: none. */
  readonly workers: number
  /** For so long they are kept after their end. */
  readonly keepMs: number
  readonly maxAttempts: number
  readonly maxCrashes: number
  readonly leaseMs: number
  /** Is money set aside for those that do not say? */
  readonly hold: boolean
}

export interface ServerConfig {
  /** Without brackets when it is an IPv6 address. */
  readonly host: string
  readonly port: number
  readonly maxBodyBytes: number
  /** Of uploads, and of forms that are jobs. */
  readonly maxFileBytes: number
  /** Calls under way that fit. */
  readonly capacity: number
  /** What the process may take of the machine's memory; undefined: as much as there is. */
  readonly maxMemoryBytes: number | undefined
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveMs: number
  readonly drain: { readonly notReadyMs: number; readonly streamsMs: number }
  readonly admin: AdminConfig
}

/** The administrators' door. */
export interface AdminConfig {
  /** Undefined: one is made at each start. */
  readonly token: string | undefined
  readonly readToken: string | undefined
  /** Its own address; undefined: where callers come in. */
  readonly listen: { readonly host: string; readonly port: number } | undefined
}

/** Where money, limits and what administrators made are kept. */
export type StoreConfig =
  | { readonly kind: 'memory' }
  /** An absolute path. */
  | { readonly kind: 'sqlite'; readonly path: string }

/** Where answers are kept, and how much of them. */
export interface CacheConfig {
  readonly memoryBytes: number
  /** Undefined: nothing is kept beyond this process. */
  readonly disk: { readonly path: string; readonly mostBytes: number } | undefined
  /** 32 bytes each; the first encrypts, all decrypt. Empty: nothing is encrypted. */
  readonly keys: readonly { readonly id: string; readonly key: Uint8Array }[]
  /** What holds for models that have no rules of their own; undefined: nothing of them is kept. */
  readonly models: CacheRules | undefined
}

/** What may be reached beside https on the public internet. */
export interface WebhookAllowances {
  readonly allowHttp: boolean
  /** Addresses and networks. */
  readonly allowPrivate: readonly string[]
}

export interface WebhookConfig extends WebhookAllowances {
  readonly url: string
  /** All of them sign messages; empty: they are not signed. */
  readonly secrets: readonly string[]
}

/** What holds for addresses that are no endpoint's. */
export interface WebhookRules extends WebhookAllowances {
  /** May jobs name an address? */
  readonly callerUrls: boolean
  /** Where receivers reach this gateway, without a slash at the end; undefined: nobody said. */
  readonly gatewayUrl: string | undefined
}

export interface ProviderConfig {
  readonly name: string
  /** A name of `kinds`. */
  readonly kind: string
  readonly apiKey: string | undefined
  /** Several keys in its place; empty: there is one, or none. */
  readonly apiKeys: readonly WeighedKey[]
  /** Who signs the requests; undefined: nobody does. */
  readonly aws?: AwsIdentity | undefined
  /** What only Azure OpenAI has; undefined for other kinds. */
  readonly azure?: AzureConfig | undefined
  /** Where models of the AI SDK come from; undefined for other kinds. */
  readonly aiSdk?: AiSdkConfig | undefined
  /** What only Google's Vertex AI has; undefined for other kinds. */
  readonly vertex?: VertexAccess | undefined
  /** Who gives tokens for its key, where it is exchanged for some; undefined: the usual one. */
  readonly tokenUrl?: string | undefined
  /** May callers bring a key of their own? */
  readonly clientKeys: boolean
  /** Is it told of the caller's trace? Undefined: as `telemetry` has it. */
  readonly propagate?: boolean | undefined
  /** Without a slash at its end; undefined: the usual one of its kind. */
  readonly baseUrl: string | undefined
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Empty: those its kind is known for. */
  readonly models: readonly string[]
  /** How calls wait for it; undefined: they do not. */
  readonly queue?: QueueLimits | undefined
  /** Only what differs from the kind. */
  readonly quirks: Quirks
  /** Undefined unless the kind is simulated. */
  readonly simulation: SimulationConfig | undefined
  /** What it was found by, such as an environment variable; undefined when it was configured. */
  readonly foundBy: string | undefined
}

/** How a simulated provider behaves; what is undefined is as usual for it. */
export type SimulationConfig = Omit<SimulatedOptions, 'name' | 'models'>

export interface TargetConfig {
  /** `provider/model`. */
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly weight: number
}

export interface ModelConfig {
  readonly name: string
  readonly targets: readonly TargetConfig[]
  /** They choose who may answer, before the policies order them. */
  readonly rules: readonly RuleConfig[]
  readonly policies: readonly PolicyConfig[]
  readonly contextChain: readonly TargetConfig[]
  readonly policyChain: readonly TargetConfig[]
  readonly timeouts: RouteTimeouts
  readonly retry: RetryLimits
  /** Undefined: as the providers of its targets have it. */
  readonly queue?: QueueLimits | false | undefined
  /** Undefined: nothing is asked twice. */
  readonly hedge: HedgeLimits | undefined
  /** Undefined: nothing is copied. */
  readonly mirror: MirrorConfig | undefined
  /** Of all calls, so many are asked again to compare the answers, 0 to 1; undefined: none. */
  readonly repeat?: { readonly share: number } | undefined
  /** How long an answer may take, a stream until its first words; it is only told of. Undefined: as long as it does. */
  readonly latencyBudgetMs?: number | undefined
  /** What is done so that structured output is valid; undefined: what is usual. */
  readonly output: OutputRules | 'off' | undefined
  /** Undefined: nothing is answered from memory. */
  readonly cache: CacheRules | undefined
}

/** A condition and who answers where it holds. */
export interface RuleConfig {
  readonly when: Condition
  readonly use: readonly TargetConfig[]
}

export type PolicyConfig = PolicyName | { readonly sticky: readonly StickyKind[] }

export interface MirrorConfig {
  readonly target: TargetConfig
  /** Of all calls, 0 to 1. */
  readonly share: number
}

export interface TelemetryConfig {
  readonly log: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  readonly metrics: boolean
  /** Undefined: no records of calls are kept. */
  readonly calls: CallsConfig | undefined
  /** Of which calls it is kept what was said; undefined: of none. */
  readonly storeBodies: BodyRules | undefined
  /** Undefined: calls leave no spans. */
  readonly traces: TraceSettings | undefined
  readonly quality: {
    /** Who is told when a model becomes worse, beside the log: a name of an endpoint. */
    readonly webhook: string | undefined
  }
  /** Are providers told of the caller's trace? */
  readonly propagate: boolean
}

/** Where one record per call is kept, and for how long. */
export interface CallsConfig {
  readonly keepMs: number
  readonly mostBytes: number
  /** An absolute path; undefined: in memory. */
  readonly path: string | undefined
  /** Are system prompts and tools named by a digest? */
  readonly prompts: boolean
}
