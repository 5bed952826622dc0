"""Case codes: words that a person can read out, write down and keep.

Seven words of the BIP 39 lists, in which four letters name a word, so an ending misspelt or left out does no harm.
Words that could hurt or alarm the person are left out; over 1,700 remain, so a code has more than 75 bits.
Only a keyed digest of it is stored: who has the database cannot learn it, nor try codes without `codes.key`.
"""

import re
import secrets
import unicodedata
from functools import lru_cache
from typing import NewType

from mnemonic import Mnemonic

from argine.desk.core import crypto

CaseCode = NewType("CaseCode", str)

WORDS = 7
LETTERS = 4
LISTS = {"en": "english", "it": "italian"}

# Kept by their first four letters. Fear, violence, crime, the body, sex, illness, family, shame, blame.
UNKIND = {
    "en": """aban abus acci accu addi adul afra aler alar alco angr anxi arre atta assa baby bach beha betr bitt blad
        blam blin bloo body bomb boss boy brok brut bull bund burd burs cann cas caus chao chas chea chil coff cond cras
        craz crie crim crit crow crue crus cry curs damp dama dang daug deat debr decl defy demi deny desp dest deca
        dirt disa dise dism divo doll drun dumb duty embr enem erod evid evil excl excu exha exhi exil expo eye fail
        fade fals fami fata fath fati faul fear feel fema fetc feve figh flam flee fles foot fore forg foss frag frin
        fury ghos girl give gloo goss grie grun guar guil gun hair hamm hard hars hate haza help hero hidd hips hit
        horr hosp host hunt hurr hurd hurt husb iden igno ill ille illn inca infa infl inju inma inno insa invo isol
        jeal judg junk kick kidn kiss knif knoc lady lawn laws leav leg liar limb lips lone love mad maid man mari marr
        mask mend merc mise miss mist mom mons moth murd must nake nast nega negl nerv noth nucl nude obey obli obsc
        odor offe old orph pain pani pare part pass pati pena pers pill pisto pist plea pock poin pois poli pove powe
        pred preg pris priv prob puni puss push punc quit rack rage rape raw rebe refu regr reje reli remo remi reve
        reun rifl riot risk riva rubb rude sad sadd sadn scan scar scat scen scis secr sex shad sham shar shed shel
        shoc shoo shov shru shy sick sieg sigh sile skin skul slam slap slav slee slim slow smas smok snak snif soon
        sorr spid spik spoi spy stea stic stin stom stra stri stru stum subm suff surr swal swam swea symp tack targ
        tatt terr test thre thro thum tire tiss toil tong torn tort tox toxi trag tras trap tric trig trou trus ugly
        unaw unfa unha unkn upse usel vaca vain vess vici vict vide viol viru vuln warf wast weap weir whip wife wing
        wome woma woun wrec wres wron youn yout""",
    "it": """abba abol abra abro accu addo adip adul affr affa aguz alco alib alti ammo amor anar anca angu anne anim
        ansi apat arre arse arti assa asse asso batt becc beff belv bers bimb bamb bist blat bott brut brul bugi buio
        burl calv capo carc case cass cata cavi cela cert cesto cian cirr cloz coda coll cols colp coma comp conv corp
        crim cris crit croc crus cugi cull dann debu decl defo deli deme dero deso dete detu difes dile diru disa disf
        dist disu divo divi domi donn dram droga dubb ebbr ecce emat emor epat ered erem eros ersi esan escl esof eso
        espl ester etil evas evid famig fant fang fasu feb fegat femm feri fess feto fifa fidu flac flebo fobi foll
        foro fosso fraca fran freg fuc fucil fugg fulm furb furi fust gobb gola gonn gran grav grid guai guar gros
        iber idiot igno illes ille illu imba imme impe inal inat ince incis incu infat infe infl inga ingor ingo inon
        insa inso insu inta inti inva ipno iso isol iste ladr labb lacr lace lard lent lesi lite litig livi lott lutt
        maca mace magr mala malf malg mali mals malu mann marc mart masc mela mend menz mesc meta mili mine misc mole
        mona monc morb mord mors mort muff muto muta mula mumm nafta necr nega nemi nerv nocu noci noia nud nuzi obbl
        obli obol omic onta orfa orre orri oscu ospe ossa osta otit ovip palli pall paur pazz pecc pego pegg pene pend
        pens perd pers pesti pest peto petu piag pian pigr pira piro pist pive pola polv prec pred prep pres priv prov
        pudi pugi pugn puni rabb raga randa rant rapi rapa ratt reca reci recl reda regre rego repr repu resi ribe ribr
        ricat ride ridi rifiu rigi rigo rimo rinu risc riser rodi romp rovi rude rupe sala sald sang sapo sarc sbad
        sbatt sbav sbir sbru scab scad scan scar scat scem schi scia scin scip scon scos scur sdeb secc segr semi seno
        sepo serr serp sfac sfat sfid sfil sfin sfog sforz sfor sfra sfru sfug sgar sgon sgor sile sini slog smar smas
        smem smon smot sner sobb soff soli somm soppo sord sospe spac spar spau spav spet spez spia spie spin spog spos
        spre spud spro squal stag sten stiz ston straz strag strap stre stro stuf stup subi subd succ sudo suici surr
        svez svis tacc taci tagl tara tard taro tema temu terr test timo tizi tomb tonf toss trab trag tram tras trem
        tris tros truc truf tuff tumo tumu uccis ucci uffa umil urla urge urlo usur vaga vamp vanv vela vend verg verr
        vesc vile vill viol vipe viru visc vitt vizi vizz volg vora vuls vuot zanz zavo zitt zoti""",
}


def _unkind(word: str, stems: frozenset[str]) -> bool:
    return any(word.startswith(stem) for stem in stems)


@lru_cache
def words(language: str) -> tuple[str, ...]:
    """The words of a language's codes; English where there is no list of its own."""
    language = language if language in LISTS else "en"
    stems = frozenset(UNKIND[language].split())
    return tuple(word for word in Mnemonic(LISTS[language]).wordlist if not _unkind(word, stems))


def new(language: str) -> CaseCode:
    return CaseCode("-".join(secrets.choice(words(language)) for _ in range(WORDS)))


def normalise(text: str) -> str:
    """What was typed, brought to the form that is digested: the first four letters of each word.

    Case, accents, spaces, hyphens and other marks do not matter.
    """
    plain = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(word[:LETTERS] for word in re.findall(r"[a-z]+", letters))


def digest(text: str) -> bytes:
    return crypto.keyed_digest("case-code", normalise(text))
