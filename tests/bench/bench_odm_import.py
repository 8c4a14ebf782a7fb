# ruff: noqa: E501 - lines of generated XML
"""A file of another system, 50 MB of CDISC ODM 1.3.2, into a vault and out again.

Generated: participants with visits and forms of thirty items, every answer with the AuditRecord that a
record keeping system writes (*audited*); with the names that capture systems make, in groups of three answers
with their repeat keys (*usual*: about 160 bytes for each answer); or without anything (*bare*: short ItemOID
and Value alone, the densest there is).
*Import* is end to end: read in a process of its own, placed, chained, hashed, written to the encrypted journal,
folded and sealed. *Export* reads all of it back from the journal and writes the file with every element.

The peers, in the same run: odmlib 0.2.1, which reads the file into objects and writes those (no database), and
one pass of lxml.etree.iterparse that does nothing. Memory is the most that this process held above its state
before, by VmHWM. Seconds are of the processor, of this process and its children together, since other work on
the machine does not count in them; seconds on the clock, in which reading and writing overlap, come with them.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mda5_crf.exchange import odmread
from mda5_crf.exchange.odmstudy import definition_from_odm
from mda5_crf.jobs.exports import write_odm
from mda5_crf.jobs.importing import take
from mda5_crf.study import source
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from tests.bench.figures import figure
from tests.strangers import stranger

EVENTS, FORMS, ITEMS = 4, 5, 30
KINDS = ("audited", "usual", "bare")
PREFIXES, GROUPS = ("IT", "I_PHYSICAL_EXAMINATION_RESULT_OF_VISIT"), (1, 5)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2"'
    ' FileType="Snapshot" FileOID="B" CreationDateTime="2026-01-01T00:00:00Z">\n'
)
_AUDIT = (
    '<AuditRecord><UserRef UserOID="U.{user}"/><LocationRef LocationOID="L.1"/><DateTimeStamp>'
    "2026-01-0{day}T08:1{user}:00Z</DateTimeStamp><ReasonForChange>first entry</ReasonForChange></AuditRecord>"
)
_ODMLIB = """
import sys, time
from odmlib import loader, odm_loader
begun = time.process_time()
made = loader.ODMLoader(odm_loader.XMLODMLoader())
made.open_odm_document(sys.argv[1])
odm = made.load_odm()
read = time.process_time()
odm.write_xml(sys.argv[2])
print(read - begun, time.process_time() - read)
"""
_LXML = """
import sys, time
from lxml import etree
begun = time.process_time()
for _, element in etree.iterparse(sys.argv[1], tag="{*}SubjectData"):
    element.clear()
print(time.process_time() - begun, 0)
"""


def generate(file: Path, size: int, *, kind: str) -> int:
    """Write a file of about ``size`` bytes of one of KINDS; returns how many answers are in it."""
    answers, usual = 0, kind == "usual"
    gap = "\n" + " " * 12 if usual else "\n"
    prefix, groups = PREFIXES[usual], GROUPS[usual]
    per = ITEMS // groups
    with file.open("w", encoding="utf-8") as out:
        out.write(_HEAD + _study(usual=usual) + '<ClinicalData StudyOID="S.1" MetaDataVersionOID="MDV.1">\n')
        subject = 0
        while out.tell() < size:
            subject += 1
            out.write(f'<SubjectData SubjectKey="{subject:05d}">\n')
            for event in range(EVENTS):
                out.write(f'<StudyEventData StudyEventOID="SE.{event}">\n')
                for form in range(FORMS):
                    out.write(f'<FormData FormOID="F.{form}">')
                    for item in range(ITEMS):
                        if not item % per:
                            told = f'ItemGroupOID="IG.{form}.{item // per}"'
                            out.write(f"<ItemGroupData {told}>{gap}")
                        number = (subject * 31 + event * 7 + form * 3 + item) % 9973
                        text = str(number) if item % 2 else f"some words {number % 97} for an answer"
                        body = _AUDIT.format(user=item % 9, day=event + 1) if kind == "audited" else ""
                        end = f">{body}</ItemData>" if body else "/>"
                        out.write(f'<ItemData ItemOID="{prefix}.{form}.{item}" Value="{text}"{end}{gap}')
                        answers += 1
                        if item % per == per - 1:
                            out.write("</ItemGroupData>")
                    out.write("</FormData>\n")
                out.write("</StudyEventData>\n")
            out.write("</SubjectData>\n")
        out.write("</ClinicalData></ODM>\n")
    return answers


def _study(*, usual: bool) -> str:
    prefix, groups = PREFIXES[usual], GROUPS[usual]
    per = ITEMS // groups
    refs = "".join(
        f'<StudyEventRef StudyEventOID="SE.{e}" OrderNumber="{e + 1}" Mandatory="Yes"/>'
        for e in range(EVENTS)
    )
    forms = "".join(f'<FormRef FormOID="F.{f}" Mandatory="Yes"/>' for f in range(FORMS))
    parts = [
        '<Study OID="S.1"><GlobalVariables><StudyName>n</StudyName><StudyDescription>d</StudyDescription>'
        '<ProtocolName>p</ProtocolName></GlobalVariables><MetaDataVersion OID="MDV.1" Name="v"><Protocol>',
        refs, "</Protocol>",
        *(
            f'<StudyEventDef OID="SE.{e}" Name="Visit {e}" Repeating="No" Type="Scheduled">{forms}</StudyEventDef>'
            for e in range(EVENTS)
        ),
        *(
            f'<FormDef OID="F.{f}" Name="Form {f}" Repeating="No">'
            + "".join(f'<ItemGroupRef ItemGroupOID="IG.{f}.{g}" Mandatory="Yes"/>' for g in range(groups))
            + "</FormDef>"
            for f in range(FORMS)
        ),
    ]  # fmt: skip
    for form in range(FORMS):
        for group in range(groups):
            here = range(group * per, group * per + per)
            items = "".join(f'<ItemRef ItemOID="{prefix}.{form}.{i}" Mandatory="No"/>' for i in here)
            parts.append(
                f'<ItemGroupDef OID="IG.{form}.{group}" Name="Group {form} {group}" Repeating="No">{items}'
                "</ItemGroupDef>"
            )
    for form in range(FORMS):
        for item in range(ITEMS):
            kind = "integer" if item % 2 else "text"
            parts.append(
                f'<ItemDef OID="{prefix}.{form}.{item}" Name="item {form} {item}" DataType="{kind}" Length="60"><Question>'
                f'<TranslatedText xml:lang="en">Question {form} {item}</TranslatedText></Question></ItemDef>'
            )
    return "".join([*parts, "</MetaDataVersion></Study>\n"])


def study_in(file: Path) -> Study:
    """The definition of the file, without its data."""
    with file.open("rb") as stream:
        return load_source(source.pack(definition_from_odm(odmread.lines(stream, {"data": False})).files))


def peer(code: str, *files: Path) -> tuple[float, float]:
    """Seconds that a peer reads and writes, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, files)], capture_output=True, text=True, check=True
    )
    read, wrote = map(float, done.stdout.split())
    return read, wrote


def memory(word: str) -> float:
    """MB of this process, by a word of its status."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{word}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def spent() -> float:
    """Seconds of the processor that this process and its ended children took so far."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def measured(work: Callable[[], object]) -> tuple[float, float, float]:
    """Seconds of the processor, seconds on the clock, and the most MB held meanwhile."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # VmHWM begins anew
    begun, before = time.perf_counter(), spent()
    work()
    return spent() - before, time.perf_counter() - begun, memory("VmHWM")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=50)
    parser.add_argument("--kinds", default=",".join(KINDS))
    options = parser.parse_args()
    for kind in options.kinds.split(","):
        with tempfile.TemporaryDirectory() as base:
            place = Path(base)
            file = place / "in.xml"
            answers = generate(file, options.mb * 1_000_000, kind=kind)
            study = study_in(file)
            lxml, _ = peer(_LXML, file)
            peer_read, peer_wrote = peer(_ODMLIB, file, place / "peer.xml")
            with stranger(file, place, study) as session:
                before = memory("VmRSS")
                seconds, clock, held = measured(partial(take, session, file))
                out, out_clock, most = measured(partial(write_odm, session, place / "out.xml", "odm"))
                size = (place / "vault.mda5" / "study.db").stat().st_size / 1e6
        print(f"{kind}: {file.name} {options.mb} MB, {answers} answers; database {size:.0f} MB")
        print(f"  lxml pass    {lxml:6.2f} s")
        print(f"  odmlib       {peer_read:6.2f} s read, {peer_wrote:.2f} s write")
        print(
            f"  import       {seconds:6.2f} s ({answers / seconds:,.0f} answers/s), {peer_read / seconds:.2f} x odmlib's "
            f"speed, {seconds / lxml:.1f} x the lxml pass; clock {clock:.1f} s; memory {held:.0f} MB ({before:.0f} before)"
        )
        print(
            f"  export       {out:6.2f} s, {peer_wrote / out:.2f} x odmlib's speed; clock {out_clock:.1f} s; memory {most:.0f} MB"
        )
        both = (peer_read + peer_wrote) / (seconds + out)
        print(f"  in and out   {seconds + out:6.2f} s, {both:.2f} x odmlib's speed")
        named, unit = f"{options.mb} MB {kind} ODM, {answers:,} answers", "answers/s"
        speeds = (answers / (seconds + out), answers / (peer_read + peer_wrote))
        figure(
            f"{named}: in and out",
            speeds[0],
            unit,
            peer="odmlib",
            theirs=speeds[1],
            least=2,
            of="ratio",
            cpu=True,
        )
        read, wrote = answers / seconds, answers / out
        figure("import alone", read, unit, peer="odmlib", theirs=answers / peer_read, cpu=True)
        figure("export alone", wrote, unit, peer="odmlib", theirs=answers / peer_wrote, cpu=True)
        figure("import alone", seconds, "s", peer="one bare pass of lxml", theirs=lxml, cpu=True)
        figure("import by the clock", clock, "s", note="reading and writing overlap")
        figure("most memory in the import", held, "MB", most=150)
        figure("most memory in the export", most, "MB", most=150)
    return 0


if __name__ == "__main__":
    sys.exit(main())
