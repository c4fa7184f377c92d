//! Portuguese.

use super::{Lines, Tongue};
use crate::world::Language;
use crate::world::text::grammar::Table;

pub const TONGUE: Tongue = Tongue {
    language: Language::Pt,
    praise: PRAISE,
    question: QUESTION,
    purchase: PURCHASE,
    suggestion: SUGGESTION,
    story: STORY,
    remark: REMARK,
    complaint: COMPLAINT,
    incident: INCIDENT,
    safety: &[
        "cuidado com o que aparece em {min}, me [queimei|machuquei] fazendo isso, [fui parar no pronto-socorro|coloca um aviso]",
    ],
    answers: [TO_QUESTION, TO_TROUBLE, TO_REST, ASKER],
    owner: [OWNER_TO_QUESTION, OWNER_TO_COMPLAINT, OWNER_TO_INCIDENT, OWNER_TO_REST],
    titles: TITLES,
    incident_titles: &["Nossa {merch} chegou! {n} mil pedidos embalados à mão", "Fizemos a nossa própria {merch}"],
    descriptions: &[
        "[Hoje|Esta semana] o assunto é {topic}: {part} e {part}. Equipamento: {gear}, {gear2}.",
        "Vocês pediram {topic}, então aqui está. Com pressa? Vá direto para {min}.",
    ],
    sign_offs: &["Vídeo novo a cada dois dias. Obrigado por assistir!", "Dúvidas? Nos comentários, leio todas."],
    intro: "Introdução",
    channel: "{host}: testado com calma, contado sem enrolação. Vídeo novo a cada dois dias.",
    slots: SLOTS,
};

const SLOTS: &[Table] = &[
    ("thanks", "obrigado|obrigada|muito obrigado|valeu|valeu demais"),
    ("good", "ótimo|sensacional|incrível|maravilhoso|perfeito|top"),
    ("who", "minha esposa|meu marido|meu pai|minha mãe|minha irmã|um colega|minha vizinha|meu sogro"),
    ("when", "hoje cedo|ontem à noite|no domingo|no fim de semana|ontem|agora há pouco"),
    ("where", "Recife|Curitiba|Lisboa|Belo Horizonte|Porto|Salvador|Floripa|Luanda"),
];

const PRAISE: Lines = &[
    "[finalmente|até que enfim] alguém que explica {part} [direito|sem enrolação]. {thanks}!",
    "testei {when}: {win}! {thanks}",
    "a dica em {min} [vale ouro|mudou tudo|salvou meu dia]",
    "[abraço|saudações|oi] de {where}! [melhor canal|não perco um|que conteúdo bom]",
    "{good} [como sempre|de novo|], [continua assim|quero mais|não para]",
    "fazia errado há {n} anos, {part} [era o segredo|quem diria]",
    "{who} não aguenta mais me ouvir falar de {topic} [kkk|, culpa sua|]",
    "você explica melhor que [meu professor|qualquer livro|todo mundo aqui]",
    "a edição [tá linda|desse vídeo está outro nível]",
    "como {pro}, [assino embaixo|confirmo tudo]. {good}",
    "[era isso|exatamente o] que eu [procurava|precisava] hoje",
    "a cara em {min} [kkkkk|me quebrou|virou meme]",
];
const QUESTION: Lines = &[
    "[funciona|dá certo|serve] com {gear2} também?",
    "qual [modelo|regulagem] você usa em {min}?",
    "{gear} ou {gear2} pra [começar|quem tem pouco dinheiro]?",
    "alguém sabe por que o meu {woe}? [fiz tudo igual|]",
    "{part} é [mesmo|realmente] tão importante assim?",
    "pode explicar de novo o que rolou em {min}? [me perdi|]",
    "vai ter [parte dois|mais vídeo] de {topic}?",
    "quantas vezes até acertar? o meu sempre {woe}",
];
const PURCHASE: Lines = &[
    "onde [você comprou|acho] {gear}? [esgotado em todo lugar|]",
    "vocês enviam a {merch} pra [Portugal|Manaus|Angola|o interior]?",
    "tem cupom pra {gear}?",
];
const SUGGESTION: Lines = &[
    "faz um vídeo [só|inteiro] sobre {part}, [por favor|pfv]",
    "ideia: {gear} contra {gear2}, [às cegas|mesmas condições]",
    "a música em {min} tá [alta demais|cobrindo sua voz], o resto perfeito",
    "coloca [as medidas|o passo a passo] na descrição? [ajudaria muito|]",
];
const STORY: Lines = &[
    "ganhei {gear} de aniversário e [não parei mais|foi aí que tudo começou]",
    "o primeiro {woe}, [o segundo|o terceiro]: {win}",
    "trabalhei {n} anos como {pro} em {where}, {part} [era lei|a gente fazia igual]",
    "assistindo [no ônibus|no plantão|com o bebê no colo], [que paz|bateu vontade]",
];
const REMARK: Lines = &[
    "quem mais [assistindo às {n} da manhã|aqui em vez de dormir]?",
    "o [gato|cachorro] em {min} [é a estrela|kkkk]",
    "time {gear} [aqui|sempre]",
    "[primeira|cheguei cedo]",
    "vim só por {part} e [fiquei|já se foram duas horas]",
];
const COMPLAINT: Lines = &[
    "[desculpa mas|sinceramente], {part} não é assim, [pergunta pra qualquer {pro}|pesquisa melhor]",
    "fiz tudo igual e o meu {woe}. [que decepção|tempo perdido|nunca mais]",
    "{nn} minutos pra falar isso... [muita enrolação|vai direto ao ponto]",
    "mais um anúncio de {gear}. [me desinscrevi|uma pena]",
    "o áudio em {min} tá [péssimo|horrível]",
    "{n} semanas sem resposta sobre a minha {merch}. [falta de respeito|decepcionado]",
    "o título [engana|é clickbait], {part} [quase não aparece|nem foi citado direito]",
];
const INCIDENT: Lines = &[
    "minha {merch} chegou [quebrada|aberta|pela metade] e ninguém responde há {n} dias",
    "{n} semanas esperando a {merch}, [o rastreio parou|nada ainda]",
    "cobraram duas vezes! [cadê|quero] meu reembolso",
    "em vez de postar vídeo, [respondam|entreguem pra] quem pagou pela {merch}",
];
const TO_QUESTION: Lines = &[
    "sim, [funciona|dá certo], só cuida de um ponto: {part}",
    "tá na descrição[, segundo link|]",
    "eu iria de {gear}, [tive os dois|dura anos]",
    "[mesma dúvida|também quero saber]",
];
const TO_TROUBLE: Lines = &[
    "[aqui também|comigo igual], [achei que era só eu|que raiva]",
    "comigo deu certo, [talvez seja|deve ser] {part}",
    "[calma|pegou pesado], é de graça",
];
const TO_REST: Lines = &[
    "[verdade|exatamente|total|concordo demais]",
    "kkkk [eu {when}|{who} fala igual]",
    "boa [dica|ideia], vou testar",
    "e aí, [deu certo|como ficou]?",
];
const ASKER: Lines =
    &["[valeu|obrigada], [era isso|vou testar hoje]", "ah [entendi|agora sim]", "voltei pra dizer: {win}"];

const OWNER_TO_QUESTION: Lines = &[
    "[boa|ótima] pergunta[, {name}|]! Funciona com {gear2} sim, só fique de olho: {part}.",
    "olha em {min}, mostro [com calma|passo a passo]. [Qualquer coisa, chama|]",
    "[coloquei|já está] na descrição, valeu!",
];
const OWNER_TO_COMPLAINT: Lines = &[
    "[obrigado pela sinceridade|você tem razão], [vou melhorar|anotado].",
    "[sinto muito|poxa]! Manda o número do pedido pra hello@ que [a gente resolve|eu resolvo].",
];
const OWNER_TO_INCIDENT: Lines = &[
    "[desculpa mesmo|sinto muito], {name}. Escreve pra hello@ e a gente [troca|devolve o dinheiro] sem perguntas.",
    "o estorno já foi feito, leva {n} dias. [desculpa pelo susto|]",
];
const OWNER_TO_REST: Lines = &[
    "[obrigado|valeu], {name}! [alegrou meu dia|é por isso que eu gravo].",
    "[boa ideia|anotado], foi pra lista!",
    "que bom que [ajudou|deu certo]! [conta depois|]",
    "[isso aí|exato]: {part} [é subestimado demais|faz metade do trabalho].",
];
const TITLES: Lines = &[
    "{topic}: {n} erros que [quase todo mundo comete|eu cometi por anos]",
    "{gear} ou {gear2}? [Comparação honesta|{n} semanas depois]",
    "{topic} [explicado com calma|em {n} minutos|pra iniciantes]",
    "{topic} com {gear}: [vale a pena|sim ou não]?",
    "Testei {topic} por {nn} dias",
    "Pare de fazer isso com seu {topic}",
];
