#!/usr/bin/env bash
# The guess: dynalite, which counts reads of tables and indexes as DynamoDB documents them, counts writes as well: a put of
# an item that is in a global index consumes the table's units and the index's.
#
# What happens: with ReturnConsumedCapacity=INDEXES, a put, an update of the index's key and a delete report the table's
# units alone; the index is not named. The query of the same index reports the index's units.
#
# Why it matters here: predicted units of access patterns that write can be held against dynalite for the table's part
# only. A test that compares totals would call a correct prediction of the index wrong.
#
# Source: DynamoDB Developer Guide, "Using Global Secondary Indexes", "Write capacity units": a put of an item with the
# index's key writes one entry, an update of that key two, a delete one; API reference, ConsumedCapacity.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund dynalite@4.0.0 >/dev/null
cat >units.js <<'JAVASCRIPT'
const assert = require('assert')
const dynalite = require('dynalite')
console.log('dynalite', require('dynalite/package.json').version)
const server = dynalite({createTableMs: 0, deleteTableMs: 0})
const signed = 'AWS4-HMAC-SHA256 Credential=x/20261101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x'

async function call(operation, input) {
  const headers = {'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `DynamoDB_20120810.${operation}`}
  Object.assign(headers, {Authorization: signed, 'X-Amz-Date': '20261101T000000Z'})
  const url = `http://127.0.0.1:${server.address().port}`
  const answer = await fetch(url, {method: 'POST', headers, body: JSON.stringify(input)})
  assert.strictEqual(answer.status, 200, operation)
  return (await answer.json()).ConsumedCapacity
}

server.listen(0, '127.0.0.1', async () => {
  const key = (name) => [{AttributeName: name, KeyType: 'HASH'}]
  const index = {IndexName: 'by-customer', KeySchema: key('customer'), Projection: {ProjectionType: 'ALL'}}
  const types = ['pk', 'customer'].map((name) => ({AttributeName: name, AttributeType: 'S'}))
  const table = {TableName: 'orders', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: types, KeySchema: key('pk')}
  await call('CreateTable', {...table, GlobalSecondaryIndexes: [index]})
  await new Promise((resolve) => setTimeout(resolve, 500))
  const asked = {TableName: 'orders', ReturnConsumedCapacity: 'INDEXES'}
  const item = {pk: {S: 'a'}, customer: {S: 'c'}, text: {S: 'x'.repeat(1500)}}
  const values = {':c': {S: 'd'}}
  const writes = [
    ['PutItem', {...asked, Item: item}, 'AWS: 4, two of the table and two of the index'],
    ['UpdateItem', {...asked, Key: {pk: item.pk}, UpdateExpression: 'SET customer = :c', ExpressionAttributeValues: values},
      'AWS: 6, two of the table and four of the index'],
    ['Query', {...asked, IndexName: 'by-customer', KeyConditionExpression: 'customer = :c', ExpressionAttributeValues: values}],
    ['DeleteItem', {...asked, Key: {pk: item.pk}}, 'AWS: 4'],
  ]
  for (const [operation, input, aws] of writes) {
    const consumed = await call(operation, input)
    console.log(operation, JSON.stringify(consumed), aws || '')
    if (operation === 'Query') {
      assert.deepStrictEqual(consumed.GlobalSecondaryIndexes, {'by-customer': {CapacityUnits: 0.5}})
    } else {
      assert.strictEqual(consumed.CapacityUnits, 2)
      assert.strictEqual(consumed.GlobalSecondaryIndexes, undefined)
    }
  }
  server.close()
  process.exit(0)
})
JAVASCRIPT
node units.js
