"""A contract of a made-up provider: as small as one can be."""

CONTRACT = """\
openapi: 3.1.0
info: {title: Toy, version: '1'}
servers: [{url: https://api.toy.example/v9}]
security: [{key: []}]
x-provider: {name: toy, title: Toy, rule-prefix: TOY}
x-pages: {page: {title: The only page}}
x-rate-limit:
  requests: 3
  window-seconds: 10
  headers: {X-Left: remaining}
  source: &here {page: page, section: Everything}
  confidence: assumed
x-body-rules: {syntax: TOY001, root: TOY001, number: TOY001, nesting: TOY001, encoding: TOY001, duplicate-key: TOY002}
x-rules:
  TOY001: {meaning: The body is a JSON object., severity: error, confidence: assumed, source: *here, hint: Send one.}
  TOY002: {meaning: A key stands once., severity: warning, confidence: assumed, source: *here, hint: Remove one.}
  TOY003: {meaning: A jump has a height., severity: error, confidence: documented, source: *here, hint: Add it.}
  TOY004: {meaning: Heights are numbers up to 3., severity: error, confidence: documented, source: *here, hint: Lower.}
x-refusals:
  unauthorized: &no
    {status: 401, content-type: application/json, body: {why: '{message}'}, confidence: assumed, source: *here}
  rate-limited: {<<: *no, status: 429}
  invalid-payload: {<<: *no, status: 422}
  bad-params: {<<: *no, status: 400}
  unknown-path: {<<: *no, status: 404}
  method-not-allowed: {<<: *no, status: 405}
  body-too-large: {<<: *no, status: 413}
  unsupported-media-type: {<<: *no, status: 415}
  too-many-worlds: {<<: *no, status: 429}
x-behaviours:
  unknown-path:
    topic: An unknown path
    source: *here
    documented: {choice: unknown-path, means: '404', confidence: assumed}
    observed: {choice: unknown-path, means: '404', confidence: assumed}
x-resources: {jumps: {}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: x-toy}}
  schemas:
    JumpId: {type: string, x-identifier: {kind: jump, prefix: j-, length: 5}}
paths:
  /jumps:
    post:
      operationId: addJump
      summary: Jump.
      x-source: *here
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [height]
              properties:
                height: {type: number, maximum: 3, x-rule: {missing: TOY003, type: TOY004, maximum: TOY004}}
            examples: {low: {value: {height: 1}}}
      responses:
        '201':
          description: Jumped.
          content: {application/json: {example: {id: j-12345}}}
"""
