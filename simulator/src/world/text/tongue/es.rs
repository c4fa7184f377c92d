//! Spanish.

use super::{Lines, Tongue};
use crate::world::Language;
use crate::world::text::grammar::Table;

pub const TONGUE: Tongue = Tongue {
    language: Language::Es,
    praise: PRAISE,
    question: QUESTION,
    purchase: PURCHASE,
    suggestion: SUGGESTION,
    story: STORY,
    remark: REMARK,
    complaint: COMPLAINT,
    incident: INCIDENT,
    safety: SAFETY,
    answers: [TO_QUESTION, TO_TROUBLE, TO_REST, ASKER],
    owner: [OWNER_TO_QUESTION, OWNER_TO_COMPLAINT, OWNER_TO_INCIDENT, OWNER_TO_REST],
    titles: TITLES,
    incident_titles: &["¡Ya está aquí nuestra {merch}! {n}.000 pedidos a mano", "Hicimos nuestra propia {merch}"],
    descriptions: &[
        "[Hoy|Esta semana] hablamos de {topic}: {part} y {part}. [Equipo|En el vídeo]: {gear} y {gear2}.",
        "Todo lo que sé sobre {topic} en un solo vídeo. Probé {gear} durante {n} semanas y lo pagué yo.",
        "Pedisteis {topic} y aquí está. Si tenéis prisa, saltad a {min}.",
    ],
    sign_offs: &[
        "Vídeo nuevo cada dos días. ¡Gracias por estar!",
        "¿Dudas? En los comentarios, las leo todas.",
        "Grabado y editado por {host}.",
    ],
    intro: "Introducción",
    channel: "{host}: probado con calma y contado sin adornos. Vídeo nuevo cada dos días, preguntas en los comentarios.",
    slots: SLOTS,
};

const SLOTS: &[Table] = &[
    ("thanks", "gracias|muchas gracias|mil gracias|gracias de verdad|muchísimas gracias"),
    ("good", "genial|buenísimo|increíble|excelente|espectacular|muy útil|brutal"),
    (
        "who",
        "mi mujer|mi marido|mi padre|mi madre|mi hermana|mi compañero de piso|mi novia|mi suegra|un compañero de trabajo",
    ),
    ("when", "esta mañana|anoche|el domingo|ayer|el finde|hoy mismo|después del trabajo"),
    ("while", "desde hace años|desde hace {n} meses|hace {n} años|desde siempre|desde la pandemia"),
    ("where", "Sevilla|Bogotá|Guadalajara|Buenos Aires|Valencia|Lima|Santiago|Quito|Bilbao|Montevideo"),
    ("so", "la verdad|sinceramente|os juro que|en serio|no exagero"),
];

const PRAISE: Lines = &[
    "[por fin|al fin] alguien que explica {part} [sin rodeos|como es debido|de forma clara]. ¡{thanks}!",
    "{so}, lo del minuto {min} [me cambió todo|vale oro|me salvó el día]",
    "lo probé {when}: ¡{win}! {thanks}",
    "te sigo {while} y este es [de tus mejores vídeos|el mejor hasta ahora|mi favorito]",
    "[saludos|un abrazo|cariños] desde {where}! [no me pierdo ninguno|tus vídeos son mi momento de paz|qué canal tan bonito]",
    "{good} [como siempre|otra vez|, qué nivel], [sigue así|más como este|no pares]",
    "[sin relleno|cero humo|nada de clickbait], [así da gusto|directo al grano|suscrita]",
    "{who} dice que [ya solo hablo de|sueño con] {topic}. [culpa tuya|tiene razón|]",
    "llevaba [años|{n} años|toda la vida] haciéndolo mal, {part} [era la clave|lo cambia todo]",
    "explicas [mejor que|más claro que] [mi profesor|cualquier libro|todos los demás]",
    "[la edición|la luz|el sonido] de este vídeo [es otro nivel|está cuidadísima|se agradece]",
    "como {pro} [te lo confirmo|firmo cada palabra|te aplaudo]. {good}",
    "gracias a ti tengo {gear} en casa y {win}",
    "me encanta que [enseñes|muestres] también los [fallos|errores], [anima mucho|se siente real]",
    "[justo|exactamente] lo que [buscaba|necesitaba] hoy",
    "por fin entiendo {topic}, [y en {n} minutos|gracias|]",
    "la cara del minuto {min} [me mató|es un meme|jajaja]",
    "[{nn}|6{n}] años y sigo aprendiendo contigo, {thanks}",
    "lo vi [dos|tres] veces y [siempre|cada vez] saco algo nuevo",
    "[qué bien explicado|qué paz de vídeo|vaya joya de canal], {thanks}",
];

const QUESTION: Lines = &[
    "¿[funciona|sirve|se puede hacer] también con {gear2}?",
    "¿qué [ajuste|marca|modelo] usas en el minuto {min}?",
    "[una duda|pregunta]: ¿[es|de verdad es] tan importante {part}?",
    "¿[alguien sabe|sabéis] por qué {woe}? [hice todo igual|mismo equipo|]",
    "¿{gear} o {gear2} para [empezar|alguien sin experiencia|un piso pequeño]?",
    "¿[podrías|puedes] explicar otra vez lo del minuto {min}? [me perdí|no lo pillé|]",
    "¿[merece|vale] la pena {gear} [hoy en día|si solo hago {topic}|]?",
    "¿cómo se llama lo que [sale|usas] en {min}? no [lo encuentro|está en la descripción]",
    "¿habrá [segunda parte|otro vídeo] de {topic}?",
    "hola desde {where}, ¿[qué alternativa hay|con qué reemplazo] {gear}? aquí [no llega|es carísimo]",
    "¿cuánto [tardaste|tiempo lleva] hasta que {part} [te salió|queda bien]?",
    "si {woe}, ¿qué [cambio|pruebo] primero?",
    "[pregunta tonta|soy nueva]: ¿{part} va antes o después?",
];

const PURCHASE: Lines = &[
    "¿dónde [compraste|puedo comprar] {gear}? [agotado en todas partes|no lo encuentro]",
    "¿hacéis envíos de la {merch} a [México|Chile|Canarias|Argentina|Colombia]?",
    "¿cuándo vuelve a haber {merch}? [la quiero para regalar|llevo semanas mirando|]",
    "¿hay [código|algún descuento] para {gear}?",
    "¿cuánto cuesta {gear} [ahora|más o menos]? tengo [unos|] {nn}0 de presupuesto",
];

const SUGGESTION: Lines = &[
    "[por favor|porfa], un vídeo [solo|entero] sobre {part}",
    "[idea|sugerencia]: {gear} contra {gear2}, [a ciegas|mismas condiciones]",
    "¿[puedes|podrías] poner [las medidas|los pasos|los datos] en la descripción? [ayudaría mucho|]",
    "la música en {min} [está muy alta|tapa tu voz], lo demás perfecto",
    "más {topic} [barato|para principiantes|sin tanto aparato] [por favor|porfa]",
    "una lista de reproducción de {topic} [estaría genial|hace falta]",
    "[truco|consejo]: revisar {part} [antes de empezar|dos veces], [ahorra tiempo|no falla]",
];

const STORY: Lines = &[
    "{who} me regaló {gear} [por mi cumpleaños|en Navidad] y [desde entonces no paro|así empezó todo]",
    "el primero {woe}, [el segundo|el tercero]: {win}",
    "trabajé {n} años de {pro} en {where} y {part} [era sagrado|se hacía distinto]",
    "viéndolo [en el metro|de guardia|con el bebé dormido encima], [qué ganas de llegar a casa|me relaja]",
    "aquí en {where} lo hacemos [al revés|distinto|igual], [qué curioso|pero me gusta tu forma]",
    "encontré {gear} en [un mercadillo|una web de segunda mano] por {nn} y {win}",
    "{when} lo hicimos [en familia|mi hija y yo], [un desastre divertido|nos reímos mucho], pero {win}",
];

const REMARK: Lines = &[
    "¿[quién más|alguien] [viéndolo a las {n} de la mañana|en vez de dormir]?",
    "el [gato|perro] del minuto {min} [es el protagonista|jajaja|quiere su parte]",
    "equipo {gear} [presente|siempre|aquí]",
    "[llegué temprano|primera|de los primeros]",
    "venía a ver {part} [y me quedé|, han pasado dos horas]",
    "desde {min} [los que tengan prisa|empieza lo bueno]",
    "¿alguien de {where}?",
];

const COMPLAINT: Lines = &[
    "[lo siento pero|perdona pero] {part} [no se hace así|está mal explicado], [pregunta a cualquier {pro}|infórmate mejor]",
    "seguí [todo|cada paso] y {woe}. [qué decepción|tiempo perdido|nunca más]",
    "{nn} minutos para algo que se dice en [dos|tres]. [al grano|demasiado relleno]",
    "[cada vez|últimamente] más [anuncios|publicidad] y menos {topic}. [me doy de baja|una pena]",
    "{gear} se [rompió|estropeó] a las {n} semanas y [nadie responde|la garantía no sirve]. [no lo recomiendes|]",
    "el audio [desde|en] {min} [es horrible|no se entiende]",
    "el título [engaña|promete otra cosa], de {topic} [casi nada|ni palabra]",
    "la {merch} no [vale lo que cuesta|es como en el vídeo]. [decepcionada|decepcionado|]",
    "llevo {n} semanas sin respuesta [a mi correo|de soporte]. [muy mal|vergonzoso]",
    "no todos podemos [pagar|comprar] {gear}, [poca empatía|piénsalo]",
    "el enlace de la descripción [no funciona|está roto], [segunda vez|arregladlo]",
    "hablas [demasiado rápido|muy deprisa], tuve que [parar|volver atrás] {n} veces",
];

const INCIDENT: Lines = &[
    "mi {merch} llegó [rota|abierta|a medias] y nadie [contesta|responde] desde hace {n} días",
    "{n} semanas esperando la {merch}, el seguimiento [no se mueve|sigue igual]",
    "¡me cobraron dos veces! [quiero mi dinero|quiero el reembolso|¿dónde está mi dinero?]",
    "en vez de subir vídeos, [contestad|respondan] a los que [compramos|pagamos] la {merch}",
    "me llegó otra {merch} y [encima|ahora] tengo que pagar la devolución. [increíble|una vergüenza]",
    "confié en {host} y la {merch} [se rompió el primer día|venía estropeada]. [devuélvanme el dinero|qué pena]",
];

const SAFETY: Lines = &[
    "[cuidado|ojo] con lo de {min}, me [quemé|corté] haciéndolo y acabé en urgencias",
    "a mi {gear} le salieron chispas haciendo [esto|lo del vídeo], [avisad a la gente|es peligroso]",
    "la {merch} no avisa de [alérgenos|frutos secos], mi hijo tuvo una reacción. [es grave|revisadlo]",
];

const TO_QUESTION: Lines = &[
    "[sí|sip], [funciona igual|va perfecto], solo cuida {part}",
    "está en la descripción[, segundo enlace|]",
    "yo iría por {gear}, [tuve los dos|dura años]",
    "[misma duda|me pregunto lo mismo|sigo por aquí]",
    "[a mí|al final] me costó [unas|como] {n} veces, paciencia",
    "en mi caso era {part}, [lo cambié y|desde entonces] {win}",
];
const TO_TROUBLE: Lines = &[
    "[a mí también|igual|me pasó lo mismo], [pensaba que era yo|qué rabia]",
    "a mí me [funciona|salió] bien, quizá es {part}",
    "[un poco duro|tranquilo], que es gratis",
    "escríbeles por [correo|Instagram], a mí me [contestaron|ayudaron] en {n} días",
    "[exacto|tal cual|alguien tenía que decirlo]",
];
const TO_REST: Lines = &[
    "[tal cual|totalmente|exacto|cien por cien]",
    "jajaja [igual|yo {when}|{who} dice lo mismo]",
    "[buen|gran] [consejo|punto], [lo pruebo|gracias]",
    "¿y [cómo|qué tal] [salió|quedó]?",
    "saludos [también desde|a] {where}",
    "[qué bonito|bien dicho|me alegro mucho]",
];
const ASKER: Lines = &[
    "[gracias|mil gracias], [era eso|lo pruebo hoy|ya me quedó claro]",
    "[ah vale|ahora sí], [todo claro|tiene sentido]",
    "[actualizo|edito]: {win}",
];

const OWNER_TO_QUESTION: Lines = &[
    "¡[buena|gran] pregunta[, {name}|]! Sí, [funciona|va bien] con {gear2}, solo vigila {part}.",
    "hola {name}, yo [empezaría|iría] con {gear}; {part} [importa|pesa] más que el precio.",
    "[ya está|lo he puesto] en la descripción, ¡gracias por avisar!",
    "[justo estamos grabando|viene pronto] un vídeo sobre eso.",
    "mira {min}, ahí lo enseño [paso a paso|con calma]. [cualquier duda, aquí estoy|]",
    "[casi siempre|normalmente] es {part}. [cuéntame|dime] si mejora.",
];
const OWNER_TO_COMPLAINT: Lines = &[
    "[tienes razón|gracias por la sinceridad], [lo mejoro en el próximo|tomo nota].",
    "[lo siento mucho|vaya]. Escríbeme a hello@ con el número de pedido y lo [arreglamos|resuelvo].",
    "el dato de {min} está mal, [corregido en el comentario fijado|gracias por verlo].",
    "[qué raro|hm]. ¿Qué [equipo|modelo] usas? Prueba primero con {part}.",
];
const OWNER_TO_INCIDENT: Lines = &[
    "[perdona|lo siento de verdad], {name}. Manda el pedido a hello@ y [te devolvemos el dinero|te enviamos otra] sin preguntas.",
    "el cobro doble [ya se está devolviendo|se devuelve] en {n} días. [perdón por el susto|]",
    "los reemplazos salen el [lunes|jueves]. [gracias por la paciencia|no es excusa, lo siento].",
];
const OWNER_TO_REST: Lines = &[
    "¡[gracias|mil gracias], {name}! [me alegras el día|por esto hago vídeos].",
    "¡qué bien que [te sirva|funcionara]! [cuéntame cómo sigue|]",
    "[buena idea|me la apunto], ¡a la lista!",
    "jaja, [pillado|te diste cuenta]. [el gato manda saludos|]",
    "¡un abrazo [de vuelta|para ti]!",
    "exacto: {part} [está infravalorado|es la mitad del trabajo].",
];

const TITLES: Lines = &[
    "{topic}: {n} errores que [casi todos cometemos|yo cometí durante años]",
    "[Así|Por fin: así] se hace {topic} [en casa|sin complicarse|de verdad]",
    "¿{gear} o {gear2}? [Comparación honesta|{n} semanas después]",
    "{topic} con {gear}: ¿[vale la pena|sí o no]?",
    "{topic} [explicado con calma|en {n} minutos|para principiantes]",
    "Deja de hacerle esto a tu {topic}",
    "Probé {topic} durante {nn} días",
    "{topic} con poco dinero: ¿se puede?",
];
