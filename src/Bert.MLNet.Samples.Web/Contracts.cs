using System.ComponentModel.DataAnnotations;

namespace Bert.MLNet.Samples.Web;

/// <param name="Texts">1 to 256 texts. Texts that are longer than the model's limit are cut off.</param>
public sealed record TextsRequest([property: Required, Length(1, 256)] string[] Texts);

/// <param name="Label">The most probable label.</param>
/// <param name="Scores">The probability of each label.</param>
public sealed record Classification(string Label, IReadOnlyDictionary<string, float> Scores);

/// <param name="Model">The model's name.</param>
/// <param name="Embeddings">A vector for each text, in the same order.</param>
/// <param name="InputTokens">The number of tokens that the model read.</param>
public sealed record EmbedResponse(string Model, ReadOnlyMemory<float>[] Embeddings, long InputTokens);

/// <param name="Title">The article.</param>
/// <param name="Score">The cosine of the query's vector and the article's.</param>
public sealed record Hit(string Title, float Score);
