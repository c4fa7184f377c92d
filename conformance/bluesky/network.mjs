// Bluesky's own software on loopback, with two accounts. Prints one line of JSON with addresses, accounts and app passwords; then
// takes a command a line, as JSON, and answers each with one line: {"ok": …} or {"error": "…"}.
//   {"do":"post","as":"bob","text":"…","to":URI?}      a post, or an answer to one; links and mentions as clients set them
//   {"do":"delete","as":"bob","uri":URI}
//   {"do":"record","uri":URI}                          as its own server has it, read with @atproto/api
//   {"do":"hidden","uri":URI}                          the replies that a post's author hides
//   {"do":"seen","as":"ann"}                           up to when its notifications were seen, and how many are not
//   {"do":"end_sessions","as":"ann"}                   revokes the app password and with it every session of it
//   {"do":"app_password","as":"ann"}                   makes another
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(process.cwd() + '/')
const { TestNetwork, TestNetworkNoAppView } = await import(require.resolve('@atproto/dev-env'))
const { AtpAgent, RichText } = await import(require.resolve('@atproto/api'))

const whole = Boolean(process.env.DB_POSTGRES_URL)
const net = whole
  ? await TestNetwork.create({ dbPostgresSchema: 'repruv', pds: { hostname: 'localhost' } })
  : await TestNetworkNoAppView.create({ pds: { hostname: 'localhost' } })
let passwords = 0
const settle = async () => { if (whole) await net.processAll() }

const accounts = {}
for (const name of ['ann', 'bob']) {
  const agent = new AtpAgent({ service: net.pds.url })
  await agent.createAccount({ email: `${name}@example.com`, password: 'a long enough password', handle: `${name}.test` })
  accounts[name] = { agent, did: agent.session.did, handle: `${name}.test` }
}

const parts = (uri) => { const [repo, collection, rkey] = uri.slice('at://'.length).split('/'); return { repo, collection, rkey } }
const record = async (uri) => {
  const { data } = await accounts.bob.agent.com.atproto.repo.getRecord(parts(uri))
  return { uri: data.uri, cid: data.cid, value: data.value }
}
const appPassword = async (name) => {
  const made = `repruv ${++passwords}`
  const { data } = await accounts[name].agent.com.atproto.server.createAppPassword({ name: made })
  accounts[name].made = made
  return data.password
}

const commands = {
  async post({ as, text, to }) {
    const { agent } = accounts[as]
    const rich = new RichText({ text })
    await rich.detectFacets(agent)
    let reply
    if (to) {
      const parent = await record(to)
      const link = { uri: parent.uri, cid: parent.cid }
      reply = { root: parent.value.reply?.root ?? link, parent: link }
    }
    const { uri } = await agent.post({ text: rich.text, facets: rich.facets, reply })
    return uri
  },
  async delete({ as, uri }) { await accounts[as].agent.deletePost(uri) },
  async record({ uri }) { return (await record(uri)).value },
  async hidden({ uri }) {
    const { repo, rkey } = parts(uri)
    const gate = await record(`at://${repo}/app.bsky.feed.threadgate/${rkey}`).catch(() => null)
    return gate?.value.hiddenReplies ?? []
  },
  async seen({ as }) {
    const { data } = await accounts[as].agent.countUnreadNotifications()
    return data.count
  },
  async end_sessions({ as }) {
    await accounts[as].agent.com.atproto.server.revokeAppPassword({ name: accounts[as].made })
  },
  async app_password({ as }) { return appPassword(as) },
}

const described = []
for (const [name, { did, handle }] of Object.entries(accounts)) described.push({ name, did, handle, app_password: await appPassword(name) })
await settle()
console.log(JSON.stringify({ pds: net.pds.url, plc: net.plc.url, appview: whole ? net.bsky.url : null, accounts: described }))

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  try {
    const ok = await commands[command.do](command)
    await settle()
    console.log(JSON.stringify({ ok: ok ?? null }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }))
  }
}
await net.close()
process.exit(0)
