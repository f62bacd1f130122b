import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { NoImageInFolder, SourceNotFound } from '../../image/errors.ts';
import type { FolderPage } from '../../image/folder.ts';
import { parseIdentifier } from '../../image/identifier.ts';
import type { ImageDescription } from '../../image/service.ts';
import { toUrlPath } from '../byte-names.ts';
import type { ProtocolContext } from '../context.ts';
import { callOptions, READING, varyOn } from '../reply.ts';
import { toUri } from '../target.ts';
import { type CollectionMember, describeCollection, describeManifest, PRESENTATION_TYPE } from './describe.ts';
import { type Asking, MOST_CANVASES, paintingsOf, paintingsOfAll, readableName } from './paintings.ts';
import { type PresentationRequest, parsePresentation } from './parse.ts';

const MOUNT = '/presentation/3/';
const ALL_IMAGES = 'Images';

/**
 * IIIF Presentation API 3, made on the fly: `/presentation/3/{id}/manifest.json` for an image or a folder, and
 * `/presentation/3/{folder}/collection.json` for what is in a folder.
 */
export const presentation: FastifyPluginAsync<ProtocolContext> = async (app, context) => {
  app.route({ method: [...READING], url: '/presentation/3', handler: (_request, reply) => answer(context, reply) });
};

/** What all documents of one request are made with. */
interface Making extends Asking {
  readonly context: ProtocolContext;
  readonly id: string;
}

async function answer(context: ProtocolContext, reply: FastifyReply): Promise<FastifyReply> {
  const { publicAddress, images, iiif, serviceBase } = context;
  const { base, rest } = context.splitTarget(reply.request.originalUrl);
  const wanted = parsePresentation(rest);
  // A proxy's word for the identifier of an image says nothing of the many others that a document names.
  const { socket, headers } = reply.request;
  const asked = { socket, headers: { ...headers, 'x-iiif-id': undefined } };
  const at = (mount: string, name: string) => toUri(publicAddress.plainUriOf(asked, { base: mount, name }));
  const serviceOf = (name: string) => toUri(publicAddress.uriOf(asked, { base: serviceBase, name }));
  varyOn(reply, publicAddress.headers);
  const caller = callOptions(reply);
  const addresses = { at, serviceOf, pageDelimiter: iiif.pageDelimiter };
  const making = { context, id: at(base, rest), images, caller, addresses };
  return wanted.kind === 'manifest' ? answerManifest(making, wanted, reply) : answerCollection(making, wanted, reply);
}

async function answerManifest(making: Making, { path }: PresentationRequest, reply: FastifyReply) {
  const image = path === '' ? undefined : await describeIfImage(making, path);
  const { id } = making;
  if (!image) {
    const { names, isCut } = await imagesIn(making, path);
    const paintings = await paintingsOfAll(names, making);
    if (paintings.length === 0) throw new NoImageInFolder(); // a manifest has one canvas at least
    return send(making, reply, describeManifest({ id, label: readableName(path) || ALL_IMAGES, paintings, isCut }));
  }
  const pictures = await paintingsOf(parseIdentifier(path), image, making);
  const label = image.metadata.text.title ?? readableName(path);
  const body = describeManifest({ id, label, ...pictures, image });
  const { lastModified } = image.validators;
  return making.context.replies.sendDescriptor(reply, { type: PRESENTATION_TYPE, body, lastModified });
}

/** Undefined for what may be a folder. */
async function describeIfImage({ images, caller }: Making, path: string): Promise<ImageDescription | undefined> {
  try {
    return await images.describe(parseIdentifier(path), caller);
  } catch (error) {
    if (error instanceof SourceNotFound) return undefined;
    throw error;
  }
}

/** The names of the images in a folder, as many as a manifest takes. */
async function imagesIn(making: Making, folder: string): Promise<{ names: string[]; isCut: boolean }> {
  const names: string[] = [];
  for await (const { entries } of pagesOf(making, folder)) {
    for (const entry of entries) if (entry.kind === 'image') names.push(entry.identifier);
    if (names.length > MOST_CANVASES) break;
  }
  return { names: names.slice(0, MOST_CANVASES), isCut: names.length > MOST_CANVASES };
}

async function* pagesOf({ context, caller }: Making, folder: string): AsyncGenerator<FolderPage> {
  for (let page = 1, pages = 1; page <= pages; page++) {
    const listed = await context.listImages(folder, page, caller.signal);
    pages = listed.pages;
    yield listed;
  }
}

async function answerCollection(making: Making, { path }: PresentationRequest, reply: FastifyReply) {
  const members: CollectionMember[] = [];
  for await (const { entries } of pagesOf(making, path)) {
    members.push(...entries.flatMap((entry) => memberOf(entry, making)));
    if (members.length > MOST_CANVASES) break;
  }
  const label = readableName(path) || ALL_IMAGES;
  return send(making, reply, describeCollection({ id: making.id, label, members: members.slice(0, MOST_CANVASES) }));
}

function memberOf(entry: FolderPage['entries'][number], { addresses }: Making): CollectionMember[] {
  if (entry.kind === 'problem') return [];
  const path = entry.kind === 'folder' ? entry.path : entry.identifier;
  const [type, document] = entry.kind === 'folder' ? COLLECTION : MANIFEST;
  return [{ type, label: readableName(path), id: addresses.at(MOUNT, `${toUrlPath(path)}/${document}`) }];
}

const COLLECTION = ['Collection', 'collection.json'] as const;
const MANIFEST = ['Manifest', 'manifest.json'] as const;

/** A folder's documents change with the images in it: whether a client's copy holds is left to the entity tag. */
function send({ context }: Making, reply: FastifyReply, body: string): FastifyReply {
  return context.replies.sendDescriptor(reply, { type: PRESENTATION_TYPE, body });
}
