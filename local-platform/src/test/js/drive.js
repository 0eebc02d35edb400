// Drives a server with the npm package openwhisk, as its users do, and prints what it saw as one JSON object.
'use strict'

const openwhisk = require('openwhisk')

const ow = openwhisk({ apihost: process.env.APIHOST, api_key: process.env.AUTH })
const kind = 'fake:default'

async function refused (promise) {
  try {
    await promise
    return null
  } catch (e) {
    return { status: e.statusCode, message: e.message }
  }
}

async function ended (activationId) {
  for (let i = 0; i < 2400; i++) {
    try {
      return await ow.activations.get({ name: activationId })
    } catch (e) {
      if (e.statusCode !== 404) throw e
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  throw new Error('the activation did not end')
}

async function main () {
  const seen = {}
  seen.namespaces = await ow.namespaces.list()
  seen.empty = await ow.namespaces.get()

  seen.created = await ow.actions.create({ name: 'hello', kind, action: 'hello', params: { name: 'Anna' } })
  seen.again = await refused(ow.actions.create({ name: 'hello', kind, action: 'hello' }))
  seen.updated = await ow.actions.update({ name: 'hello', kind, action: 'hello', params: { name: 'Bela' }, limits: { timeout: 30000 } })
  seen.binary = await ow.actions.create({ name: 'jar', kind, action: Buffer.from([80, 75, 3, 4]) })
  seen.got = await ow.actions.get('hello')
  seen.bare = await ow.actions.get({ name: 'hello', code: false })
  seen.listed = await ow.actions.list({ limit: 10 })

  seen.blocking = await ow.actions.invoke({ name: 'hello', blocking: true })
  seen.result = await ow.actions.invoke({ name: 'hello', blocking: true, result: true, params: { name: 'Cara' } })
  seen.nonBlocking = await ow.actions.invoke({ name: 'hello' })
  seen.activation = await ended(seen.nonBlocking.activationId)
  seen.logs = await ow.activations.logs({ name: seen.nonBlocking.activationId })
  seen.activationResult = await ow.activations.result({ name: seen.nonBlocking.activationId })
  seen.activations = await ow.activations.list({ limit: 2, name: 'hello' })

  await ow.actions.create({ name: 'refuses', kind, action: 'refuses' })
  seen.failure = await refused(ow.actions.invoke({ name: 'refuses', blocking: true, result: true }))
  seen.missing = await refused(ow.actions.invoke({ name: 'none', blocking: true }))

  seen.package = await ow.packages.create({ name: 'p', package: { parameters: [{ key: 'name', value: 'package' }] } })
  await ow.actions.create({ name: 'p/hello', kind, action: 'hello' })
  seen.packaged = await ow.actions.invoke({ name: 'p/hello', blocking: true, result: true })
  await ow.packages.create({ name: 'bound', package: { binding: { namespace: 'guest', name: 'p' }, parameters: [{ key: 'name', value: 'binding' }] } })
  seen.bound = await ow.actions.invoke({ name: '/guest/bound/hello', blocking: true, result: true })
  seen.gotPackage = await ow.packages.get('p')
  seen.packages = await ow.packages.list()

  await ow.triggers.create({ name: 't' })
  await ow.rules.create({ name: 'r', trigger: 't', action: 'hello' })
  seen.fired = await ow.triggers.invoke({ name: 't', params: { name: 'trigger' } })
  await ow.rules.disable({ name: 'r' })
  seen.rule = await ow.rules.get('r')
  seen.all = await ow.namespaces.get()
  await ow.rules.delete('r')
  await ow.triggers.delete('t')

  seen.deleted = await ow.actions.delete('hello')
  for (const name of ['jar', 'refuses', 'p/hello']) await ow.actions.delete(name)
  await ow.packages.delete('bound')
  await ow.packages.delete('p')
  seen.left = await ow.namespaces.get()

  const stranger = openwhisk({ apihost: process.env.APIHOST, api_key: 'not:known' })
  seen.stranger = await refused(stranger.actions.list())
  console.log(JSON.stringify(seen))
}

main().catch(e => {
  console.error(e)
  process.exit(1)
})
