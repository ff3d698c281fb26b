"""Texts for the system tests: a small set of hard cases, and a file of the tester's choice."""

import json
import os

WORDS = "กรรมการตรวจรับพัสดุแบ่งซื้อแบ่งจ้างเครื่องคอมพิวเตอร์"

# Written for this project. All of it is text that people paste: nothing is a mistake to be repaired.
HARD = {
    "plain": "ผู้ร้องพบว่ามีการเบิกค่าพาหนะงานสนามทั้งที่ไม่ได้ออกพื้นที่จริง",
    "zero-width spaces": "เจ้าหน้าที่\u200bเรียก\u200bรับ\u200bเงิน\u200b จาก\u200bพนักงาน\u200bสนาม",
    "zero-width joiners": "ข\u200dอ\u200cร้อง\u2060เรียน\ufeff",
    "decomposed vowel": "ทํางานกับกํานัน นํ้า",  # NIKHAHIT and SARA AA, not SARA AM
    "composed vowel": "ทำงานกับกำนัน น้ำ",
    "marks out of order": "ที\u0e48 ท\u0e48ี น\u0e49\u0e33 น\u0e4d\u0e49\u0e32",
    "doubled marks": "เเจ้งงง ที่่่ มีี จ้้าง",
    "marks alone": "\u0e48\u0e49\u0e34 \u0e31",
    "SARA E twice": "เเละ แล้วเเต่",
    "Thai digits and signs": "๑๒๓๔๕๖๗๘๙๐ ฿๕,๐๐๐ ฯลฯ ๆ ฯ ๏ ๛",
    "emoji": "โกรธมาก 😡😡🙏🏽 ❤️ 1️⃣ 🇹🇭",
    "emoji with joiners": "ครอบครัว 👨‍👩‍👧‍👦 ช่าง 👩🏽‍🔧 ธง 🏳️‍🌈",
    "beyond the basic plane": "𠮷野家 𝒜𝓁𝑒𝓇𝓉 🀄",
    "a spreadsheet formula": "=HYPERLINK(\"http://example.invalid\",\"กดที่นี่\")",
    "formula starts": "+66812345678\n-500 บาท\n@หัวหน้า\n\t=1+1",
    "no blank at all": WORDS * 12,
    "direction controls": "ชื่อไฟล์ \u202egpj.exe\u202c \u2066ซ้าย\u2069 \u200fขวา\u200e",
    "quotes and backslashes": "\"อ้างอิง\" 'เดี่ยว' \\n \\u0e01 C:\\temp\\ \\\\server",
    "markup": "<script>alert(1)</script> &amp; &#3585; ]]> <!-- --",
    "SQL": "'; DROP TABLE complaint; -- $1 $$ E'\\x00' %s {0}",
    "line ends": "บรรทัดแรก\r\nบรรทัดสอง\rบรรทัดสาม\nบรรทัดสี่\u2028ห้า\u2029หก\u0085เจ็ด",
    "control characters": "\u0001\u0007\u0008\u001b[31mแดง\u001b[0m\u007f\u009b1m",
    "blanks at the ends": " \t\u00a0\u3000ข้อความ\u3000\u00a0\t \n",
    "one letter": "ก",
    "one blank": " ",
    "not characters": "\ufffe\uffff\U0010ffff\ufffd\ue000",
    "Latin decomposed": "cafe\u0301 caf\u00e9 \u212b \u00c5 \ufb01",
    "other scripts": "မြန်မာ ខ្មែរ ລາວ 中文 한국어 العربية עברית हिन्दी",
    "many marks": "ก" + "\u0e49" * 300,
}


def given_texts():
    """Those of the file that GRIEV_TEXTS names, a line {"text": ...} each; none without it."""
    path = os.environ.get("GRIEV_TEXTS")
    if not path:
        return []
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]
