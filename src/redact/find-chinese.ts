import { isBorderAfter } from "./boundary.ts";
import type { AddSpan } from "./span.ts";

const PLATE =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使][A-HJ-NP-Z][·•.\s-]?(?=(?:[A-HJ-NP-Z]*\d){2})[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳领]/g;

export function findLicencePlates(text: string, add: AddSpan): void {
  for (const { 0: plate, index } of text.matchAll(PLATE)) {
    const end = index + plate.length;
    if (isBorderAfter(text, end)) add(index, end, "licence-plate", "[licence-plate]");
  }
}

/** The units of an address in their order; what follows tells "区" of a district from "区间", "路" of a road from "路由". */
const DISTRICT = /[省市区县旗州镇乡](?![间域分块场值级别])/g;
const ROAD = /(?:路|街|大道|道|巷|弄|胡同|村|小区|社区|花园|大厦|广场|组|屯|庄)(?![由径线])/g;
const NUMBER = /[\d一二三四五六七八九十百零]{1,6}(?:号|栋|幢|座|单元|室|楼|弄|组)/g;
/** Longest address that is taken out as one. */
const MAX_ADDRESS = 100;
/** Before the first unit stands its name: "内蒙古自治区" has five characters. */
const NAME_LENGTH = 6;

/** Chains as "浙江省杭州市西湖区文三路100号": a district, then a road, then a number, in one piece of text. */
export function findPostalAddresses(text: string, add: AddSpan): void {
  for (const { 0: piece, index } of text.matchAll(/[\u4e00-\u9fffA-Za-z0-9#·（）()-]{6,}/g)) {
    let from = 0;
    while (from < piece.length) {
      DISTRICT.lastIndex = from;
      const district = DISTRICT.exec(piece);
      if (district === null) break;
      const part = piece.slice(0, district.index + MAX_ADDRESS);
      ROAD.lastIndex = district.index + 1;
      const road = ROAD.exec(part);
      if (road === null) {
        from = district.index + 1;
        if (district.index + MAX_ADDRESS >= piece.length) break;
        continue;
      }
      let end = 0;
      NUMBER.lastIndex = road.index;
      for (let number = NUMBER.exec(part); number !== null; number = NUMBER.exec(part))
        end = NUMBER.lastIndex;
      if (end === 0 || district.index === 0) {
        from = road.index + 1;
        continue;
      }
      const start = Math.max(from, district.index - NAME_LENGTH);
      add(index + start, index + end, "postal-address", "[postal-address]");
      from = end;
    }
  }
}
