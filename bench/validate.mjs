// Validates JSON by a schema: as much of JSON Schema as record.schema.json uses. A keyword that isn't known
// here is an error, so that no schema is half obeyed.

const types = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => Number.isFinite(value),
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
};

// What each keyword finds wrong. Arguments: the keyword's value, the value judged, its place, the schema
// that the keyword is in, the whole schema. → sentences
const keywords = {
  $schema: () => [], $defs: () => [], title: () => [], description: () => [],
  $ref: (reference, value, at, _, root) => violationsAt(resolve(reference, root), value, at, root),
  type: (type, value, at) => (types[type](value) ? [] : [`${at} is not of type ${type}`]),
  const: (wanted, value, at) => (value === wanted ? [] : [`${at} is not ${JSON.stringify(wanted)}`]),
  enum: (wanted, value, at) => (wanted.includes(value) ? [] : [`${at} is none of ${wanted.join(', ')}`]),
  pattern: (pattern, value, at) => (new RegExp(pattern, 'u').test(value) ? [] : [`${at} doesn't match ${pattern}`]),
  minimum: (least, value, at) => (value >= least ? [] : [`${at} is less than ${least}`]),
  minItems: (least, value, at) => (value.length >= least ? [] : [`${at} has fewer than ${least} items`]),
  required: (names, value, at) => names.filter((name) => !Object.hasOwn(value, name)).map(
    (name) => `${at} has no ${name}`),
  properties: (properties, value, at, _, root) => Object.entries(properties).flatMap(
    ([name, schema]) => (Object.hasOwn(value, name) ? violationsAt(schema, value[name], `${at}.${name}`, root) : [])),
  additionalProperties: (schema, value, at, {properties = {}}, root) => Object.keys(value)
    .filter((name) => !Object.hasOwn(properties, name))
    .flatMap((name) => (schema === false ? [`${at} has ${name}, which is unknown`]
      : violationsAt(schema, value[name], `${at}.${name}`, root))),
  items: (schema, value, at, _, root) => value.flatMap(
    (item, index) => violationsAt(schema, item, `${at}[${index}]`, root)),
};

function resolve(reference, root) {
  return reference.replace(/^#\//, '').split('/').reduce((schema, name) => schema[name], root);
}

function violationsAt(schema, value, at, root) {
  for (const name of Object.keys(schema)) {
    if (!Object.hasOwn(keywords, name)) throw new Error(`the schema uses ${name}, which is not known here`);
  }
  // Without the right type the other keywords have nothing to look at.
  if (schema.type && !types[schema.type](value)) return keywords.type(schema.type, value, at);
  return Object.entries(schema).flatMap(([name, argument]) => keywords[name](argument, value, at, schema, root));
}

// → what of `value` isn't as `schema` says, a sentence each; none: it is valid
export const violations = (schema, value) => violationsAt(schema, value, 'record', schema);
