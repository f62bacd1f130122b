import type { Jpeg2000Variant } from '../../support/jpeg2000-files.ts';

const PRECINCTS = '-c [64,64],[32,32]';
const LAYERS = '-r 30,15,6,1';

/** One of each way to lay out a codestream that the two encoders know; names say what is special. */
export const VARIANTS: Readonly<Record<string, Jpeg2000Variant>> = {
  ...opjVariants(),
  ...ojphVariants(),
};

function opj(options: string, more: Partial<Jpeg2000Variant> = {}): Jpeg2000Variant {
  return { tool: 'opj', options, ...more };
}

function ojph(options: string, more: Partial<Jpeg2000Variant> = {}): Jpeg2000Variant {
  return { tool: 'ojph', options, ...more };
}

function opjVariants(): Record<string, Jpeg2000Variant> {
  const variants: Record<string, Jpeg2000Variant> = {
    plain: opj(''),
    irreversible: opj('-I -r 10'),
    'a codestream without boxes': opj('', { ending: 'j2k' }),
    'one resolution': opj('-n 1'),
    'two resolutions': opj('-n 2'),
    'eight resolutions': opj('-n 8'),
    'code-blocks of 32': opj('-b 32,32'),
    'code-blocks of 16 x 64': opj('-b 16,64 -I -r 8'),
    'code-blocks of 4 x 4': opj('-b 4,4', { size: { width: 90, height: 60 } }),
    'precincts smaller than code-blocks': opj('-c [32,32],[32,32],[16,16] -b 64,64'),
    'layers, reversible': opj(LAYERS),
    'layers, irreversible': opj('-I -r 40,20,10'),
    'twelve layers': opj('-I -r 120,80,60,50,40,30,25,20,15,10,8,6'),
    PLT: opj('-PLT'),
    TLM: opj('-TLM'),
    'PLT, TLM, tiles and layers': opj(`-PLT -TLM -t 128,96 ${LAYERS}`),
    SOP: opj('-SOP'),
    EPH: opj('-EPH'),
    'SOP, EPH, PLT and layers': opj(`-SOP -EPH -PLT ${LAYERS}`),
    bypass: opj('-M 1'),
    'bypass with layers': opj(`-M 1 ${LAYERS}`),
    reset: opj('-M 2'),
    'every pass terminated': opj('-M 4'),
    'every pass terminated, layers': opj(`-M 4 ${LAYERS}`),
    'bypass and terminated': opj('-M 5'),
    'vertically causal': opj('-M 8'),
    'predictable termination': opj('-M 16'),
    'segmentation symbols': opj('-M 32 -I -r 10'),
    'all styles': opj(`-M 63 ${LAYERS}`),
    tiles: opj('-t 128,96'),
    'tiles with an offset': opj('-t 128,96 -d 37,19 -T 11,5'),
    'offset without tiles': opj('-d 37,19'),
    'odd tiles, irreversible': opj('-t 97,61 -I -r 10 -n 4'),
    'narrow tiles': opj('-t 32,300 -n 3'),
    'parts by resolution': opj('-t 128,96 -TP R -p RLCP'),
    'parts by layer': opj(`-TP L ${LAYERS}`),
    'parts by component': opj('-TP C -p CPRL -t 128,128'),
    'a component of interest': opj('-ROI c=0,U=3'),
    'progression changes': opj('-n 4 -r 20,1 -POC T1=0,0,1,2,3,RLCP/T1=2,0,1,4,3,CPRL/T1=0,0,2,4,3,LRCP'),
    'one component': opj('', { components: 1 }),
    'two bits': opj('', { components: 1, bits: 2 }),
    'one component, four bits': opj('-t 128,96', { components: 1, bits: 4 }),
    'two components': opj('', { components: 2, ending: 'j2k' }),
    'five components': opj('-p CPRL -n 4', { components: 5, ending: 'j2k' }),
    'ten bits': opj('', { bits: 10 }),
    'twelve bits, irreversible': opj('-I -r 6', { bits: 12 }),
    'sixteen bits': opj('', { bits: 16, components: 1 }),
    'sixteen bits, tiles and layers': opj(`-t 128,96 ${LAYERS}`, { bits: 16 }),
    signed: opj('', { components: 1, isSigned: true }),
    'signed, twelve bits': opj('-t 100,100', { components: 1, bits: 12, isSigned: true, ending: 'j2k' }),
    'a single row': opj('-n 1', { size: { width: 301, height: 1 }, ending: 'j2k' }),
    'a single column': opj('-n 1', { size: { width: 1, height: 223 }, ending: 'j2k' }),
    'a single pixel': opj('-n 1', { size: { width: 1, height: 1 }, ending: 'j2k' }),
  };
  for (const order of ['LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL']) {
    variants[`${order} with precincts and layers`] = opj(`-p ${order} ${PRECINCTS} ${LAYERS}`);
    variants[`${order} with PLT and odd precincts`] = opj(`-p ${order} -PLT -c [128,32],[64,64],[32,64] -I -r 20,8`);
    variants[`${order}, tiles off the precinct grid`] = opj(
      `-p ${order} -t 150,110 -d 13,7 -T 3,2 ${PRECINCTS} -r 8,1`,
    );
  }
  return variants;
}

function ojphVariants(): Record<string, Jpeg2000Variant> {
  return {
    HT: ojph('-reversible true'),
    'HT irreversible': ojph('-qstep 0.005'),
    'HT, CPRL, tiles': ojph('-reversible true -prog_order CPRL -tile_size {128,96}'),
    'HT, PCRL, precincts': ojph('-reversible true -prog_order PCRL -precincts {64,64},{128,128}'),
    'HT, LRCP, code-blocks of 32': ojph('-reversible true -prog_order LRCP -block_size {32,32}'),
    'HT, 16 bits': ojph('-reversible true', { components: 1, bits: 16 }),
    'HT, codestream alone, two halvings': ojph('-qstep 0.01 -num_decomps 2', { ending: 'j2c', components: 1 }),
    'HT with offsets': ojph('-reversible true -image_offset {21,11} -tile_offset {5,3} -tile_size {120,100}'),
  };
}
