using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

/// <summary>The JSON of all requests and answers.</summary>
/// <remarks>Properties with a default are settable: the generated code would set an init-only one that is not in the JSON.</remarks>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(OneOrManyConverter<string>), typeof(OneOrManyConverter<QuestionBody>), typeof(OneOrManyConverter<AnswerBody>),
        typeof(OneOrManyConverter<IReadOnlyList<PredictionBody>>), typeof(OneOrManyConverter<IReadOnlyList<EntityBody>>),
        typeof(OneOrManyConverter<IReadOnlyList<FilledMaskBody>>),
    ])]
[JsonSerializable(typeof(InferenceError)), JsonSerializable(typeof(OpenAIError))]
[JsonSerializable(typeof(EmbedRequest)), JsonSerializable(typeof(IReadOnlyList<float[]>))]
[JsonSerializable(typeof(RerankRequest)), JsonSerializable(typeof(IReadOnlyList<RankBody>))]
[JsonSerializable(typeof(PredictRequest)), JsonSerializable(typeof(OneOrMany<IReadOnlyList<PredictionBody>>))]
[JsonSerializable(typeof(SimilarityRequest)), JsonSerializable(typeof(IReadOnlyList<float>))]
[JsonSerializable(typeof(TokenizeRequest)), JsonSerializable(typeof(IReadOnlyList<IReadOnlyList<TokenBody>>))]
[JsonSerializable(typeof(DecodeRequest)), JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(TextsRequest)), JsonSerializable(typeof(OneOrMany<IReadOnlyList<EntityBody>>))]
[JsonSerializable(typeof(QuestionsRequest)), JsonSerializable(typeof(OneOrMany<AnswerBody>))]
[JsonSerializable(typeof(OneOrMany<IReadOnlyList<FilledMaskBody>>))]
[JsonSerializable(typeof(AttentionRequest)), JsonSerializable(typeof(AttentionBody))]
[JsonSerializable(typeof(IReadOnlyList<SummaryBody>)), JsonSerializable(typeof(IReadOnlyList<TranslationBody>))]
[JsonSerializable(typeof(OpenAIEmbeddingsRequest)), JsonSerializable(typeof(OpenAIEmbeddingList))]
[JsonSerializable(typeof(OpenAIModelList)), JsonSerializable(typeof(OpenAIModel)), JsonSerializable(typeof(InfoBody))]
internal sealed partial class ServerJson : JsonSerializerContext;
