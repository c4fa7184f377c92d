// Reads a simulated account with the provider's own client, and holds each answer to the lexicons of its package, strictly: an
// answer that the package's schemas refuse is a finding. The account is in the environment: SERVICE, DID, APP_PASSWORD. Prints
// one line of JSON: {"calls": …, "findings": […]}.
import { createRequire } from 'node:module'

const require = createRequire(process.cwd() + '/')
const { AtpAgent, lexicons } = require('@atproto/api')
const { SERVICE, DID, APP_PASSWORD } = process.env

const findings = []
let calls = 0
const told = (name, problem) => findings.push(`${name}: ${problem.message ?? problem}`.slice(0, 300))
const held = (name, data) => {
  calls++
  try { lexicons.assertValidXrpcOutput(name, data) } catch (problem) { told(name, problem) }
}
const recorded = (view) => {
  try { lexicons.assertValidRecord('app.bsky.feed.post', view.record) } catch (problem) { told('app.bsky.feed.post', problem) }
}

// A check that finds nothing wrong is none.
calls = 0
held('app.bsky.feed.getPosts', { posts: [{ uri: 'no address' }] })
if (findings.length !== 1) throw new Error('the schemas find nothing')
findings.length = calls = 0

const agent = new AtpAgent({ service: SERVICE })
const asked = async (name, params, body) => {
  try {
    const { data } = await agent.call(name, params, body, body && { encoding: 'application/json' })
    held(name, data)
    return data
  } catch (problem) { told(name, problem); return {} }
}
const refused = async (name, params, error) => {
  calls++
  try { await agent.call(name, params); told(name, 'was not refused') } catch (problem) {
    if (problem.error !== error) told(name, `${problem.error} instead of ${error}`)
  }
}

const { data: session } = await agent.login({ identifier: DID, password: APP_PASSWORD })
held('com.atproto.server.createSession', session)
const { handle } = session

await asked('com.atproto.server.describeServer')
await asked('com.atproto.server.getSession')
await asked('com.atproto.identity.resolveHandle', { handle })
await asked('com.atproto.repo.describeRepo', { repo: DID })
await asked('app.bsky.actor.getProfile', { actor: DID })
for (const filter of ['posts_with_replies', 'posts_no_replies', 'posts_with_media', 'posts_and_author_threads']) {
  await asked('app.bsky.feed.getAuthorFeed', { actor: DID, filter, limit: 100 })
}
let cursor
const posts = []
do {
  const page = await asked('app.bsky.feed.getAuthorFeed', { actor: DID, filter: 'posts_no_replies', limit: 30, cursor })
  posts.push(...(page.feed ?? []).map((item) => item.post))
  cursor = page.cursor
} while (cursor)
const others = []
do {
  const page = await asked('app.bsky.notification.listNotifications', { limit: 50, cursor })
  others.push(...(page.notifications ?? []))
  cursor = page.cursor
} while (cursor)
for (const view of [...posts, ...others]) recorded(view)
for (const post of posts.filter((post) => post.replyCount > 0).slice(0, 40)) {
  await asked('app.bsky.feed.getPostThread', { uri: post.uri, depth: 20, parentHeight: 40 })
}
for (const one of others.slice(0, 40)) {
  await asked('app.bsky.feed.getPostThread', { uri: one.uri })
  await asked('app.bsky.actor.getProfile', { actor: one.author.did })
  const [repo, collection, rkey] = one.uri.slice('at://'.length).split('/')
  await asked('com.atproto.repo.getRecord', { repo, collection, rkey })
}
for (let at = 0; at < posts.length; at += 25) {
  await asked('app.bsky.feed.getPosts', { uris: posts.slice(at, at + 25).map((post) => post.uri) })
}
await asked('com.atproto.repo.listRecords', { repo: DID, collection: 'app.bsky.feed.post', limit: 100 })

const to = others.find((one) => one.reason === 'reply')
const link = ({ uri, cid }) => ({ uri, cid })
const answer = await asked('com.atproto.repo.createRecord', undefined, {
  repo: DID, collection: 'app.bsky.feed.post',
  record: {
    $type: 'app.bsky.feed.post', text: 'Thank you!', createdAt: new Date().toISOString(),
    reply: { root: to.record.reply.root, parent: link(to) },
  },
})
const root = to.record.reply.root.uri
await asked('com.atproto.repo.putRecord', undefined, {
  repo: DID, collection: 'app.bsky.feed.threadgate', rkey: root.split('/').pop(),
  record: { $type: 'app.bsky.feed.threadgate', post: root, createdAt: new Date().toISOString(), hiddenReplies: [to.uri] },
})
await asked('com.atproto.repo.createRecord', undefined, {
  repo: DID, collection: 'app.bsky.feed.like',
  record: { $type: 'app.bsky.feed.like', subject: link(to), createdAt: new Date().toISOString() },
})
await asked('app.bsky.feed.getPostThread', { uri: root })
await asked('com.atproto.repo.deleteRecord', undefined, {
  repo: DID, collection: 'app.bsky.feed.post', rkey: answer.uri.split('/').pop(),
})
await refused('app.bsky.feed.getPostThread', { uri: answer.uri }, 'NotFound')
await refused('com.atproto.repo.getRecord', { repo: DID, collection: 'app.bsky.feed.post', rkey: '3kaaaaaaaaa2a' }, 'RecordNotFound')
await refused('app.bsky.feed.getAuthorFeed', { actor: DID, limit: 101 }, 'InvalidRequest')
console.log(JSON.stringify({ calls, findings: [...new Set(findings)] }))
