"""Two participants as they really are: one who completes the study, one who dies in it.

Every form that is due to them is filled with plausible answers, so whatever the definition has to say
about them is a false alarm. Dates are told as study days: ``day(29)`` is the day of week 4.
"""

from __future__ import annotations

from datetime import date, timedelta

from mda5_crf.study.model import Study
from mda5_crf.study.references import ConsentVersion, Delegation, References
from tests.unit.study.participant import Participant
from tests.unit.study.trial_reference import study as shipped

D1 = date(2024, 1, 30)
TODAY = date(2026, 3, 1)
MUSCLES = ("DELT", "BICEP", "GMAX", "GMED", "QUAD", "WRISTEX", "ANKDF")
GRADES = ("NECKFLEX", *(muscle + side for muscle in MUSCLES for side in "RL"))
QUESTIONS = tuple(f"HAQ01{n:02}" for n in (*range(1, 10), *range(23, 34)))
SYSTEMS = ("CON", "CUT", "SKE", "GI", "PUL", "CV")
EXAMINED = ("GENERAL", "SKIN", "HEENT", "NODES", "LUNGS", "HEART", "ABDOMEN", "LIMBS", "JOINTS", "NEURO")
ZONES = ("RU", "RM", "RL", "LU", "LM", "LL")

NORMAL = {  # analyte → result, lower and upper limit
    "WBC": "6.0 3.5 9.5", "NEUT": "4.0 1.8 6.3", "LYM": "1.3 1.1 3.2", "MONO": "0.5 0.1 0.6",
    "EOS": "0.15 0.02 0.52", "BASO": "0.05 0 0.06", "RBC": "4.3 3.8 5.1", "HGB": "130 115 150",
    "HCT": "39 35 45", "PLAT": "220 125 350",
    "CK": "110 40 200", "LDH": "200 120 250", "ALDOLASE": "4 0 7.6", "ALT": "32 7 40", "AST": "30 13 35",
    "CKMB": "2.0 0 5", "CKMBACT": "12 0 25", "TROPONI": "0.01 0 0.04", "ALP": "70 35 135", "GGT": "25 7 45",
    "BILI": "11 3 21", "BILDIR": "3 0 7", "ALB": "40 35 55", "PROT": "70 60 85", "CREAT": "52 41 81",
    "UREA": "5 2.6 8.8", "URATE": "280 155 357", "GLUC": "5.0 3.9 6.1", "CA": "2.30 2.11 2.52",
    "SODIUM": "140 137 147", "K": "4.2 3.5 5.3", "CHOL": "4.5 2.8 5.7", "TRIG": "1.2 0.4 1.7",
    "HDL": "1.4 1 2.2", "LDL": "2.5 1 3.4", "DDIMER": "0.3 0 0.5", "INR": "1.0 0.8 1.2", "APTT": "30 25 37",
    "CRP": "4 0 8", "ESR": "12 0 20", "FERRITIN": "180 13 300", "KL6": "350 50 500", "IGG": "11 7 16",
    "IGA": "2 0.7 4", "IGM": "1.2 0.4 2.3", "C3": "1.1 0.8 1.6", "C4": "0.25 0.1 0.4",
    "INTLK18": "300 0 400", "IFNA": "5 0 10", "INTLK6": "3 0 7", "SFTPD": "60 0 110",
    "UPROT": "0 0 0.5", "URBC": "1 0 3", "UWBC": "2 0 5", "UGLUC": "0 0 0.5", "UPH": "6.0 5 8",
    "USG": "1.015 1.003 1.030",
}  # fmt: skip


def day(number: int) -> str:
    """The date of a study day; there is no day 0."""
    return (D1 + timedelta(days=number - (number > 0))).isoformat()


class Clean(Participant):
    """A participant whose forms are filled form by form."""

    def __init__(self, definition: Study | None = None, today: date = TODAY) -> None:
        super().__init__(definition or shipped(), today)
        self.data.signatures = ()
        self.data.open_queries = 0
        self.data.references = References(
            (ConsentVersion("2.0", date(2023, 6, 1)),), (Delegation("P1", "CONSENT", date(2023, 6, 1)),)
        )
        self.count = 100
        self.lung = ""  # the identity of the event the participant dies of

    # -- how forms are filled ----------------------------------------------------------------------

    def row(self, form: str, place: str = "LOG", **texts: str) -> str:
        """One more row of the log of a form; its identity."""
        self.count += 1
        group = next(group.name for group in self.study.forms[form].groups if group.repeating)
        self.add_row(place, form, group, f"d1:{self.count}", **texts)
        return f"d1:{self.count}"

    def reading(self, place: str, **texts: str) -> str:
        """One more instance of form HRCT; its identity."""
        self.count += 1
        self.data.add_form(self.form(place, "HRCT"), f"d1:{self.count}")
        self.enter(place, f"HRCT[d1:{self.count}]", **texts)
        return f"d1:{self.count}"

    def visit(self, place: str, on: str, mode: str = "ON SITE", **more: str) -> None:
        """Form SV."""
        self.enter(place, "SV", SVOCCUR="Y", SVSTDAT=on, SVCNTMOD=mode, **more)

    def vital(self, place: str, on: str, **more: str) -> None:
        """Vital signs of somebody who is well."""
        usual = {
            "VSPERF": "Y", "VSDAT": on, "VSTIM": "08:40", "VSPOS": "SITTING", "SYSBP_VSORRES": "124",
            "DIABP_VSORRES": "78", "PULSE_VSORRES": "76", "RESP_VSORRES": "16", "TEMP_VSORRES": "36.5",
            "TEMP_VSLOC": "AXILLA", "OXYSAT_VSORRES": "97", "OXYSAT_VSO2": "Y", "MRCGR": "2",
            "WEIGHT_VSORRES": "60",
        }  # fmt: skip
        self.enter(place, "VS", **(usual | more))

    def examination(self, place: str, on: str, **abnormal: str) -> None:
        """Everything normal but the systems named with their finding."""
        texts = {"PEPERF": "Y", "PEDAT": on, "LUNGS_PEVELCRO": "BASAL" if "LUNGS" in abnormal else "ABSENT"}
        for system in EXAMINED:
            texts[f"{system}_PERES"] = "ABNORMAL" if system in abnormal else "NORMAL"
            if system in abnormal:
                texts |= {f"{system}_PEDESC": abnormal[system], f"{system}_PECLSIG": "DISEASE"}
        self.enter(place, "PE", **texts)

    def laboratory(self, place: str, form: str, on: str, **results: str) -> None:
        """A panel in the middle of its ranges, but for ``results``; what is outside is the disease's."""
        asked = self.study.forms[form].items
        head = {"LBPERF": "Y", "LBDAT": on, "LBTIM": "08:30", "LBFAST": "Y", "LBNAM": "LAB01"}
        texts = {name: text for name, text in head.items() if name in asked}
        for code, normal in NORMAL.items():
            if f"{code}_LBORRES" not in asked:
                continue
            usual, low, high = normal.split()
            texts |= {f"{code}_LBORNRLO": low, f"{code}_LBORNRHI": high}
            texts[f"{code}_LBORRES"] = results.get(code, usual)
            if code in results and not float(low) <= float(results[code]) <= float(high):
                texts[f"{code}_LBCLSIG"] = "DISEASE"
        self.enter(place, form, **texts)

    def bloods(self, place: str, on: str, forms: str = "LBH LBC LBU LBI", **results: str) -> None:
        """The panels of a visit."""
        for form in forms.split():
            self.laboratory(place, form, on, **results)

    def muscles(self, place: str, on: str, grade: str) -> None:
        """Form MMT with one grade everywhere."""
        texts = {"MKPERF": "Y", "MKDAT": on, "MKEVAL": "E1", **{f"{g}_MKORRES": grade for g in GRADES}}
        self.enter(place, "MMT", **texts)

    def scores(self, place: str, on: str, vas: str, likert: str, haq: str, **mdaat: str) -> None:
        """IMACS, HAQ and MDAAT with one VAS and one answer everywhere."""
        self.enter(
            place, "IMACS", IMDAT=on, PHGAPERF="Y", PHGA=vas, PHGALIK=likert, PHDMG="1.0", PHEVAL="P1",
            PTGAPERF="Y", PTGA=vas, PTGALIK=likert, PTGAHELP="SUBJECT", PTGALANG="ZH-CN",
        )  # fmt: skip
        head = {"HAQPERF": "Y", "QSDAT": on, "QSPROBY": "SUBJECT", "QSLANG": "ZH-CN", "HAQ0117": "N"}
        head |= {"HAQAIDNO": "Y", "HAQHLPNO": "Y", "HAQ0140": "N", "HAQ0146": "2.0"}
        self.enter(place, "HAQ", **head, **dict.fromkeys(QUESTIONS, haq))
        texts = {"RSPERF": "Y", "RSDAT": on, "RSEVAL": "P1", "MD_EXTRA": vas, "MD_MUS": vas}
        texts |= {f"MD_{system}_NA": "N" for system in SYSTEMS} | {f"MD_{system}": vas for system in SYSTEMS}
        self.enter(place, "MDAAT", **(texts | mdaat))

    def skin(self, place: str, on: str, redness: str) -> None:
        """Form CDASI: some redness of face and hands, papules while the hands are red."""
        groups = ("SITES", "HANDS", "OTHER")
        zero = {n: "0" for n, i in self.study.forms["CDASI"].items.items() if i.group in groups}
        red = dict.fromkeys(("MALAR_E", "PERIORB_E", "VNECK_E", "HAND_E"), redness)
        papules = {"HAND_PAP": "Y" if redness == "2" else "N", "PERIUNG": "1", "VNECK_P": "1"}
        self.enter(place, "CDASI", RSPERF="Y", RSDAT=on, RSEVAL="P1", **(zero | red | papules))

    def flow(self, place: str, on: str) -> None:
        """Form FC, of 1.3 ×10⁹/L lymphocytes."""
        self.enter(
            place, "FC", FCPERF="Y", LBDAT=on, LBTIM="09:00", FCRUNDTM=f"{on} 14:20", FCTUBE="EDTA",
            FCVIAB="96", FCBPAN="Y", FCBEV="5200", FCMETH="DUAL PLATFORM", CD3LY_LBORRES="70",
            CD3_LBORRES="910", CD4LY_LBORRES="40", CD4_LBORRES="520", CD8LY_LBORRES="28", CD8_LBORRES="364",
            CD19LY_LBORRES="15", CD19_LBORRES="195", NKCELY_LBORRES="12", NKCE_LBORRES="156",
            CD4CD8_REP="1.43", TREGLY_LBORRES="6", BNAIVE_LBORRES="60", BUSM_LBORRES="15",
            BSM_LBORRES="15", BDN_LBORRES="8", BTRANS_LBORRES="5", BPB_LBORRES="2",
        )  # fmt: skip
        self.enter(place, "BS", BSPERF="Y", BSDAT=on)
        for kind in ("SERUM", "PBMC"):
            self.row(
                "BS", place, BSTYPE=kind, BSID=f"01-001-{place}-{kind}", BSALIQ="4",
                BSSTDT=f"{on} 15:00", BSTEMP="-80C" if kind == "SERUM" else "LN2",
            )  # fmt: skip

    def lungs(self, place: str, on: str, fvc: str, percent: str, extent: str, gas: bool = True) -> None:
        """Lung function, two readings of the CT and a blood gas."""
        self.enter(
            place, "PFT", REPERF="Y", REDAT=on, REEQUIP="Spirometer A", REFSET="GLI2012", REHT="165",
            REHGB="130", FVC_REORRES=fvc, FVCPP_REORRES=percent, FVCPRED_REORRES="3.00", FEV1_REORRES="1.70",
            FEV1PP_REORRES="70", TLC_REORRES="4.00", TLCPP_REORRES="80", REQUAL="A", DLCOPERF="Y",
            DLCO_REORRES="12.0", DLCOPP_REORRES="55", DLCOHC_REORRES="12.2", DLCOHCPP_REORRES="56",
            DLCOVA_REORRES="3.43", VA_REORRES="3.50", REDLQUAL="A",
        )  # fmt: skip
        if self.shown("SCR", "DM", "SEX") == "M":
            self.enter(place, "PFT", DLCOHC_REORRES="12.6")
        for number, reader in ((1, "R1"), (2, "R2")):
            zones = {
                f"ICH_{zone}_{finding}": "0" for zone in ZONES for finding in ("G", "C", "GT", "CT", "H")
            }
            zones |= {"ICH_RL_G": extent, "ICH_LL_G": extent}
            self.reading(
                place, HRPERF="Y", HRDAT=on, HRTHK="1.0", HRPOS="SUPINE-INSP", HRCENTR="LOCAL",
                HRRDR=reader, HRREAD=f"READER {number}", ILDPRES="Y", ILDPAT="NSIP", HRCONS="N",
                HRPNMED="N", **zones,
            )  # fmt: skip
        if gas:
            self.gas(place, on)

    def gas(self, place: str, on: str, **more: str) -> None:
        """A blood gas on room air."""
        usual = {
            "ABGPERF": "Y", "LBDAT": on, "LBTIM": "09:10", "O2DEV": "ROOM AIR", "FIO2_LBORRES": "0.21",
            "FIO2EST": "N", "PH_LBORRES": "7.40", "PO2_LBORRES": "92", "PCO2_LBORRES": "38",
            "BICARB_LBORRES": "23", "OXYSAT_LBORRES": "97", "LACTATE_LBORRES": "1.0",
        }  # fmt: skip
        self.enter(place, "ABG", **(usual | more))

    def heart(self, place: str, on: str) -> None:
        """A normal ECG."""
        self.enter(
            place, "EG", EGPERF="Y", EGDAT=on, EGHR_EGORRES="76", PRAG_EGORRES="150", QRSAG_EGORRES="88",
            QTCFAG_EGORRES="412", INTP_EGORRES="NORMAL",
        )  # fmt: skip

    def tablets(self, place: str, on: str, given: str, returned: str = "", missed: str = "0") -> None:
        """Form DA; ``returned`` is empty at baseline."""
        self.enter(place, "DA", DADAT=on, DISPAMT_DAORRES=given)
        if given != "0":
            self.enter(place, "DA", DISPLOT="TF2401", DAEXPDT="2026-12-31")
        if returned:
            self.enter(place, "DA", RETAMT_DAORRES=returned, LOSTAMT_DAORRES="0", MISSDOSE=missed)

    def alive(self, place: str, on: str, source: str = "VISIT") -> None:
        """Form SS."""
        self.enter(place, "SS", SSDAT=on, SURVSTAT_SSORRES="ALIVE", SSLVDAT=on, SSSRC=source, SSLOST="N")

    def infections(self, place: str, on: str) -> None:
        """A negative infection screen, or what is asked of it again."""
        self.enter(
            place, "LBS", LBPERF="Y", LBDAT=on, CMVIGM_LBORRES="NEGATIVE", CMVDNA_LBORRES="<400",
            CMVLIM="400", EBVIGM_LBORRES="NEGATIVE", EBVDNA_LBORRES="<400", EBVLIM="400",
            BDG_LBORRES="20", GM_LBORRES="0.1", PCT_LBORRES="<0.05",
        )  # fmt: skip
        if place == "SCR":
            self.enter(
                place, "LBS", HBSAG_LBORRES="NEGATIVE", HBSAB_LBORRES="POSITIVE", HBSAB_LBTITRE="250",
                HBEAG_LBORRES="NEGATIVE", HBEAB_LBORRES="NEGATIVE", HBCAB_LBORRES="NEGATIVE",
                HCAB_LBORRES="NEGATIVE", HIV_LBORRES="NEGATIVE", SYPH_LBORRES="NEGATIVE", IGRA_METHOD="QFT",
                IGRADAT=on, MYTBGIR_LBORRES="NEGATIVE", IGRA_NUM="0.05", IGRALIM="0.35", TBIMG="N",
                CMVIGG_LBORRES="POSITIVE",
            )  # fmt: skip

    def screening(self, sex: str, born: str) -> None:
        """Screening at day −14: consent the day before, everything as the criteria want it."""
        signed, on = day(-15), day(-14)
        self.enter(
            "SCR", "IC", DSDECOD="INFORMED CONSENT OBTAINED", RFICDAT=signed, RFICTIM="10:00", ICVER="2.0",
            ICWHO="SUBJECT", ICOBTBY="P1", ICCOPY="Y", ICBIO="Y", ICPIPL="Y", SCRPRE="N",
        )  # fmt: skip
        self.enter("SCR", "DM", SCRNUM="S001", BRTHDAT=born, SEX=sex, RACE="ASIAN", ETHNIC="HAN")
        criteria = {f"INCL0{n}_IEORRES": "Y" for n in range(1, 6)}
        criteria |= {f"EXCL0{n}_IEORRES": "N" for n in (1, 2, 3, 4, 5, 7, 8)}
        if sex == "F":
            self.enter("SCR", "DM", CHILDPOT="Y")
            criteria["EXCL06_IEORRES"] = "N"
        self.enter(
            "SCR", "IE", IEDAT=day(-2), **criteria, IEYN="Y", ENROLYN="Y", ENROLDAT=day(-1)
        )  # fmt: skip
        self.data.signatures = {self.form("SCR", "IE")}
        present = {"UPPER", "NECK", "HELIO", "GPAP", "GSIGN", "ENZ"}
        classes = ("UPPER", "LOWER", "NECK", "LEG", "HELIO", "GPAP", "GSIGN", "DYSPH", "JO1", "ENZ", "BX")
        self.enter(
            "SCR", "DH", DHSYMDAT="2023-10", DHDXDAT="2024-01-08", DHMDA5DT="2024-01-12", DHNEW="TREATED",
            DHPRIOR="GC", DHSUB="HYPOMYOPATHIC", BP_WEAK="Y", BP_ENZ="Y", BP_EMG="ND", BP_BX="ND",
            BP_RASH="Y", **{f"EA_{name}": "Y" if name in present else "N" for name in classes}, DHILD="Y",
            DHILDDAT="2024-01-08", DHRESDAT="2023-12", DHRPILD="N", DHPALM="Y", DHVSGN="Y", DHSHAWL="N",
            DHCUTULC="N", DHPNEUM="N", DHARTH="Y", DHRAYN="N", DHFEVER="N",
        )  # fmt: skip
        self.enter("SCR", "SU", SUNCF="NEVER")
        self.visit("SCR", on)
        self.vital("SCR", on, HEIGHT_VSORRES="165")
        self.examination("SCR", on, SKIN="Heliotrope rash, Gottron papules", LUNGS="Crackles at both bases")
        self.bloods("SCR", on, LDH="300", FERRITIN="800", KL6="900", ESR="34")
        self.enter(
            "SCR", "LBI", MDA5_LBMETHOD="ELISA", MDA5_LBORRES="POSITIVE", MDA5_LBTITRE="180", MDA5_LBCUT="32",
            RO52_LBORRES="POSITIVE", JO1AB_LBORRES="NEGATIVE", OTHMSA_LBORRES="NONE", ANA_LBORRES="160",
        )  # fmt: skip
        self.infections("SCR", on)
        self.enter(
            "SCR", "TUM", TUMPERF="Y", TUMDAT=on, TUMMETH="CT CHEST-ABDOMEN,ULTRASOUND", TUMMARK="N",
            TUMRES="NO SIGN",
        )  # fmt: skip
        self.lungs("SCR", on, "2.10", "70", "30")
        self.heart("SCR", on)
        if sex == "F":
            self.pregnancy_test("SCR", on)

    def pregnancy_test(self, place: str, on: str) -> None:
        """A negative test; serum at screening."""
        kind = "SERUM" if place == "SCR" else "URINE"
        self.enter(place, "LBP", LBPERF="Y", LBSPEC=kind, LBDAT=on, HCG_LBORRES="NEGATIVE", RPCONTR="CONDOM")

    def baseline(self) -> None:
        """Day 1."""
        on = day(1)
        self.visit("BL", on)
        self.vital("BL", on)
        self.examination("BL", on, SKIN="Rash as at screening", LUNGS="Crackles as at screening")
        self.bloods("BL", on, LDH="310", FERRITIN="700", KL6="880", ESR="30")
        self.laboratory("BL", "LBR", on)
        self.enter("BL", "LBR", LBBATCH="B7")
        self.flow("BL", on)
        self.muscles("BL", on, "8")
        self.skin("BL", on, "2")
        self.scores("BL", on, "6.0", "2", "1", MD_PUL="5.0")
        self.tablets("BL", on, "180")

    def dose(self, first: int, last: int, **more: str) -> str:
        """A row of form EX, from one study day to another; 0 = going on."""
        usual = {
            "ECTRT": "TOFACITINIB", "ECOCCUR": "Y", "ECDOSE": "5", "ECDOSU": "mg", "ECDOSFRM": "TABLET",
            "ECDOSFRQ": "BID", "ECROUTE": "ORAL", "ECSTDAT": day(first), "ECONGO": "N" if last else "Y",
        }  # fmt: skip
        usual |= {"ECENDAT": day(last)} if last else {}
        if more.get("ECOCCUR") == "N":
            usual = {name: usual[name] for name in ("ECTRT", "ECSTDAT", "ECONGO", "ECENDAT")}
        return self.row("EX", **(usual | more))

    def steroid(self, first: str, last: str, dose: str, purpose: str = "TAPER", **more: str) -> str:
        """A row of form GC, prednisone by mouth; ``last`` empty = going on."""
        usual = {
            "CMTRT": "PREDNISONE", "CMDOSTOT": dose, "CMDOSFRQ": "QD", "CMROUTE": "ORAL", "CMSTDAT": first,
            "CMONGO": "N" if last else "Y", "GCPURP": purpose,
        }  # fmt: skip
        return self.row("GC", **(usual | ({"CMENDAT": last} if last else {}) | more))

    def event(self, term: str, category: str, first: str, last: str, grade: str, **more: str) -> str:
        """A row of form AE: over, not serious, not of the drug, unless said otherwise."""
        usual = {
            "AETERM": term, "AECAT": category, "AESTDAT": first, "AEONGO": "N", "AEENDAT": last,
            "AETOXGR": grade, "AEREL": "POSSIBLY NOT RELATED", "AERELGC": "POSSIBLY NOT RELATED",
            "AERELDIS": "N", "AEACN": "DOSE NOT CHANGED", "AEACNGC": "DOSE NOT CHANGED", "AECONTRT": "N",
            "AEOUT": "RECOVERED/RESOLVED", "AESER": "N", "AESI": "N", "AEDIS": "N",
        }  # fmt: skip
        return self.row("AE", **(usual | more))

    def drug(self, name: str, kind: str, why: str, first: str, last: str = "", **more: str) -> str:
        """A row of form CM."""
        usual = {
            "CMTRT": name, "CMCLAS": kind, "CMDOSE": "1", "CMDOSU": "TABLET", "CMDOSFRQ": "QD",
            "CMROUTE": "ORAL", "CMINDC": why, "CMSTDAT": first, "CMONGO": "N" if last else "Y",
            "CMRESC": "N", "CMDDI": "NONE",
        }  # fmt: skip
        return self.row("CM", **(usual | ({"CMENDAT": last} if last else {}) | more))


SERIOUS = dict.fromkeys(("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE"), "N")


def completer() -> Clean:
    """A woman of 43 who takes part for two years; herpes zoster at week 14 brings her to hospital."""
    one = Clean()
    one.screening("F", "1980-06-15")
    one.baseline()
    one.pregnancy_test("BL", day(1))
    one.enter("LOG", "MH", MHYN="Y")
    pressure = one.row(
        "MH", MHTERM="Hypertension", MHCAT="CARDIOVASCULAR", MHSTDAT="2019", MHONGO="Y", MHTOXGR="2",
        MHCONTRT="Y",
    )  # fmt: skip
    one.row("MH", MHTERM="阑尾切除术", MHCAT="SURGERY", MHSTDAT="2005-08", MHONGO="N", MHENDAT="2005-08")
    one.enter("LOG", "AE", AEYN="Y")
    one.event("Upper respiratory tract infection", "INFECTION", day(60), day(67), "1")
    zoster = one.event(
        "Herpes zoster", "INFECTION", day(100), day(121), "3", AEREL="POSSIBLY RELATED", AESER="Y",
        **(SERIOUS | {"AESHOSP": "Y"}), AEACN="DRUG INTERRUPTED", AECONTRT="Y", AESI="Y",
    )  # fmt: skip
    one.dose(1, 100, ECSTTIM="10:30")
    one.dose(101, 110, ECOCCUR="N", ECADJ="ADVERSE EVENT", ECAENO=zoster)
    one.dose(111, 364, ECADJ="ADVERSE EVENT", ECAENO=zoster)
    one.steroid("2024-01-10", day(28), "50", "PROTOCOL")
    for first, last, mg in ((29, 56, "40"), (57, 84, "30"), (85, 182, "20"), (183, 364, "10")):
        one.steroid(day(first), day(last), mg)
    one.steroid(day(365), "", "5")
    one.enter("LOG", "CM", CMYN="Y")
    one.drug("复方磺胺甲噁唑", "ANTI-INFECTIVE", "PROPHYLAXIS", "2024-01-12", CMPJP="Y")
    one.drug("Amlodipine", "OTHER", "MEDICAL HISTORY", "2019", CMMHNO=pressure, CMDOSE="5", CMDOSU="mg")
    one.drug(
        "Aciclovir", "ANTI-INFECTIVE", "ADVERSE EVENT", day(100), day(107), CMAENO=zoster, CMPJP="N",
        CMROUTE="INTRAVENOUS", CMDOSE="500", CMDOSU="mg", CMDOSFRQ="Q8H",
    )  # fmt: skip
    one.enter("LOG", "PR", PRYN="Y")
    one.row(
        "PR", PRTRT="BRONCHOSCOPY", PRSTDAT=day(-12), PRONGO="N", PRENDAT=day(-12), PRIND="STUDY DISEASE",
        PRRESC="N",
    )  # fmt: skip
    report = {
        "AESPID": zoster, "SAESERDT": day(101), "SAEHODT": day(101), "SAEICU": "N", "SAESUS": "Y",
        "SAENARR": "第101天因带状疱疹住院，静脉抗病毒治疗后好转。",
    }  # fmt: skip
    one.row(
        "SAE", SAEVER="INITIAL", SAEAWDT=f"{day(101)} 09:00", SAERPDT=f"{day(101)} 16:00",
        SAEECDT=day(102), **report,
    )  # fmt: skip
    one.row(
        "SAE", SAEVER="FINAL", SAEAWDT=f"{day(121)} 09:00", SAERPDT=f"{day(121)} 15:00", SAEECDT=day(122),
        SAEDIDT=day(108), **report,
    )  # fmt: skip
    one.row(
        "AESI", AESPID=zoster, AESICAT="HERPES ZOSTER", HZDERM="1", HZDISS="N", HZPHN="N", INFORG="VZV",
        INFIV="Y", INFSITE="SKIN", AESIDECH="N",
    )  # fmt: skip
    one.enter("LOG", "DV", DVYN="Y")
    one.row("DV", DVDECOD="MISSED PROCEDURE", DVTERM="尿常规未留取清洁中段尿", DVSTDAT=day(57), DVMAJ="N")
    _visits(one)
    return one


def _visits(one: Clean) -> None:
    """The visits of the completer after day 1."""
    for place, number in (("W4", 29), ("W8", 57), ("W12", 85), ("W24", 183), ("W36", 253), ("W52", 365)):
        on = day(number)
        one.visit(place, on)
        one.vital(place, on, **({"HEIGHT_VSORRES": "165"} if place == "W52" else {}))
        one.bloods(place, on, "LBH LBC LBU")
        one.pregnancy_test(place, on)
        if place in ("W8", "W36"):
            continue
        one.examination(place, on, SKIN="Fading rash")
        one.laboratory(place, "LBI", on, FERRITIN="260" if place != "W4" else "480")
        one.flow(place, on)
        one.muscles(place, on, "9")
        one.skin(place, on, "1")
        one.scores(place, on, "2.0", "1", "0")
        if place == "W4":
            one.gas(place, on)
            continue
        one.infections(place, on)
        one.lungs(place, on, "2.25", "75", "20")
        one.alive(place, on)
        if place != "W12":
            one.heart(place, on)
    one.tablets("W4", day(29), "120", "124")
    one.tablets("W12", day(85), "200", "8")
    one.tablets("W24", day(183), "380", "24")
    one.tablets("W52", day(365), "0", "16")
    one.data.add_event("UNS", "d1:50")
    place = "UNS[d1:50]"
    one.visit(place, day(103), SVUPDES="带状疱疹复查")
    one.vital(place, day(103))
    one.bloods(place, day(103), "LBH LBC")
    one.examination(place, day(103), SKIN="Vesicles of one dermatome")
    _closing(one)


def _closing(one: Clean) -> None:
    """End of treatment, safety follow-up, survival follow-up."""
    for place, number in (("VEOT", 368), ("SFU", 392)):
        on = day(number)
        one.visit(place, on)
        one.vital(place, on)
        one.examination(place, on)
        one.bloods(place, on, "LBH LBC LBU")
        one.pregnancy_test(place, on)
        one.alive(place, on)
    on = day(368)
    one.laboratory("VEOT", "LBI", on)
    one.muscles("VEOT", on, "10")
    one.skin("VEOT", on, "1")
    one.scores("VEOT", on, "1.0", "1", "0", COVAL="Lungs as at week 52, three days ago")
    one.tablets("VEOT", on, "0", "0")
    one.enter("VEOT", "EOT", DSSTDAT=day(364), DSDECOD="COMPLETED", EOTRESC="N", EOTCONT="Y")
    one.enter("SFU", "EOS", DSSTDAT=day(392), DSDECOD="COMPLETED", DSCONT="Y")
    for number, identity in ((476, "d1:60"), (560, "d1:61")):
        one.data.add_event("FU", identity)
        one.alive(f"FU[{identity}]", day(number), "PHONE")


def departed() -> Clean:
    """A man of 61 whose lungs worsen at week 7; he dies in intensive care on day 60."""
    one = Clean()
    one.screening("M", "1962-03")
    one.baseline()
    one.enter("LOG", "MH", MHYN="N")
    one.enter("LOG", "DV", DVYN="N")
    on = day(29)
    one.visit("W4", on)
    one.vital("W4", on)
    one.examination("W4", on, SKIN="Fading rash", LUNGS="Crackles as before")
    one.bloods("W4", on, LDH="280", FERRITIN="600", KL6="900")
    one.gas("W4", on)
    one.flow("W4", on)
    one.muscles("W4", on, "9")
    one.skin("W4", on, "1")
    one.scores("W4", on, "4.0", "2", "1")
    one.tablets("W4", on, "120", "124")
    _worsening(one)
    one.enter("VEOT", "EOT", DSSTDAT=day(46), DSDECOD="ADVERSE EVENT", EOTRESC="Y", EOTRESDT=day(46))
    one.enter("VEOT", "EOT", DSAENO=one.lung)
    for place in ("VEOT", "SFU"):
        one.enter(
            place, "SS", SSDAT=day(62), SURVSTAT_SSORRES="DEAD", SSLVDAT=day(60), SSSRC="RECORD", SSLOST="N"
        )
    one.enter("SFU", "EOS", DSSTDAT=day(60), DSDECOD="DEATH")
    return one


def _worsening(one: Clean) -> None:
    """Day 45 to day 60: breathless, an unscheduled visit on day 46, intensive care, death."""
    place, on = "UNS[d1:50]", day(46)
    one.enter("LOG", "AE", AEYN="Y")
    serious = SERIOUS | {"AESDTH": "Y", "AESLIFE": "Y", "AESHOSP": "Y"}
    one.lung = one.event(
        "Rapidly progressive interstitial lung disease", "RESPIRATORY", day(45), day(60), "5",
        AERELDIS="Y", AEACN="DRUG WITHDRAWN", AEACNGC="DOSE INCREASED", AECONTRT="Y", AEOUT="FATAL",
        AESER="Y", **serious, AEDIS="Y",
    )  # fmt: skip
    one.data.add_event("UNS", "d1:50")
    one.visit(place, on, SVUPDES="气促加重")
    one.vital(place, on, RESP_VSORRES="28", OXYSAT_VSORRES="91", MRCGR="4", PULSE_VSORRES="104")
    one.bloods(place, on, "LBH LBC LBI", LDH="420", FERRITIN="2600", KL6="1900", CRP="30", ESR="60")
    one.gas(
        place, on, O2DEV="NASAL CANNULA", O2FLOW="3", FIO2_LBORRES="0.32", FIO2EST="Y", PO2_LBORRES="62",
        PCO2_LBORRES="34", BICARB_LBORRES="22", PH_LBORRES="7.43", OXYSAT_LBORRES="92",
    )  # fmt: skip
    zones = {f"ICH_{zone}_{finding}": "0" for zone in ZONES for finding in ("G", "C", "GT", "CT", "H")}
    zones |= {f"ICH_{zone}_G": "50" for zone in ZONES} | {f"ICH_{zone}_GT": "20" for zone in ZONES}
    for number, reader in ((1, "R1"), (2, "R2")):
        one.reading(
            place, HRPERF="Y", HRDAT=on, HRTHK="1.0", HRPOS="SUPINE-INSP", HRCENTR="LOCAL", HRRDR=reader,
            HRREAD=f"READER {number}", ILDPRES="Y", ILDPAT="DAD", HRCONS="Y", HRPNMED="N", **zones,
        )  # fmt: skip
    one.dose(1, 46, ECSTTIM="10:30")
    one.steroid("2024-01-10", day(45), "50", "PROTOCOL")
    one.steroid(
        day(46), day(48), "500", "PULSE", CMTRT="METHYLPREDNISOLONE", CMROUTE="INTRAVENOUS",
        GCADJ="DISEASE WORSE",
    )  # fmt: skip
    one.steroid(
        day(49), day(60), "80", "AE TREATMENT", CMTRT="METHYLPREDNISOLONE", CMROUTE="INTRAVENOUS",
        GCADJ="DISEASE WORSE", CMAENO=one.lung,
    )  # fmt: skip
    one.enter("LOG", "CM", CMYN="Y")
    one.drug("复方磺胺甲噁唑", "ANTI-INFECTIVE", "PROPHYLAXIS", "2024-01-12", day(60), CMPJP="Y")
    one.drug(
        "静注人免疫球蛋白", "IVIG", "ADVERSE EVENT", day(46), day(50), CMAENO=one.lung, CMRESC="Y",
        CMDOSE="20", CMDOSU="g", CMROUTE="INTRAVENOUS",
    )  # fmt: skip
    one.enter("LOG", "PR", PRYN="Y")
    for kind, first, last in (("HFNC", 47, 52), ("IMV", 53, 60)):
        one.row(
            "PR", PRTRT=kind, PRSTDAT=day(first), PRONGO="N", PRENDAT=day(last), PRIND="ADVERSE EVENT",
            PRAENO=one.lung, PRRESC="N",
        )  # fmt: skip
    one.row(
        "RPILD", RPSTDAT=day(45), RPMRC="4", RPCRIT="PAO2 FALL,HRCT RISE", RPHRCT="Y", RPEXCL="Y",
        RPAENO=one.lung, RPTRT="PULSE,IVIG,OXYGEN", RPOUT="FATAL", RPENDAT=day(60),
    )  # fmt: skip
    report = {
        "AESPID": one.lung, "SAESERDT": day(46), "SAEHODT": day(46), "SAEICU": "Y", "SAESUS": "N",
        "SAENARR": "第45天起气促加重，第53天气管插管，第60天死亡。", "SAEAUTO": "N",
    }  # fmt: skip
    for version, aware in (("INITIAL", 46), ("FINAL", 61)):
        one.row(
            "SAE", SAEVER=version, SAEAWDT=f"{day(aware)} 11:00", SAERPDT=f"{day(aware)} 18:00",
            SAEECDT=day(aware + 1), **report,
        )  # fmt: skip
    one.row(
        "PREG", PREGWHO="PARTNER", PREGDAT=day(20), PREGAWDT=f"{day(29)} 09:00",
        PREGRPDT=f"{day(29)} 17:30", LMPDAT="2023-12", PREGOUT="ONGOING",
    )  # fmt: skip
    one.enter(
        place, "DD", DTHDAT=day(60), PRCDTH_DDORRES="RP-ILD", SECDTH_DDORRES="INFECTION",
        LOCDTH_DDORRES="ICU", DTHDOC="CERTIFICATE", DDAUTO="N", DDREL="POSSIBLY NOT RELATED",
    )  # fmt: skip


def at_day_one() -> Clean:
    """The completer on the evening of day 1: screened, first tablets taken, everything else still to come."""
    one = Clean(today=D1)
    one.screening("F", "1980-06-15")
    one.baseline()
    one.pregnancy_test("BL", day(1))
    for form, header in (("MH", "MHYN"), ("AE", "AEYN"), ("PR", "PRYN"), ("DV", "DVYN")):
        one.enter("LOG", form, **{header: "N"})
    one.dose(1, 0, ECSTTIM="10:30")
    one.steroid("2024-01-10", "", "50", "PROTOCOL")
    one.enter("LOG", "CM", CMYN="Y")
    one.drug("复方磺胺甲噁唑", "ANTI-INFECTIVE", "PROPHYLAXIS", "2024-01-12", CMPJP="Y")
    return one
