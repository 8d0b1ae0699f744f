using System.Text.Json;

namespace Bert.MLNet.Models.Families;

/// <summary>A field of <c>config.json</c> of which only some values are supported. Others are refused by its name.</summary>
/// <param name="Name">The field as it is written.</param>
/// <param name="Supported">What is supported, for the message: "only … are".</param>
/// <param name="IsSupported">Tells it of a value that is not null.</param>
internal sealed record LimitedField(string Name, string Supported, Func<JsonElement, bool> IsSupported);
