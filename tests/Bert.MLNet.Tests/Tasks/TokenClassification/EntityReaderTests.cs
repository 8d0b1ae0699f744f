using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

/// <summary>Expected entities are those that seqeval 1.2.2 finds, types and first words first, ends after the last word.</summary>
public class EntityReaderTests
{
    [Theory]
    [InlineData("O O O B-MISC I-MISC I-MISC O B-PER I-PER", "MISC 3-6, PER 7-9")]
    [InlineData("I-PER I-PER O", "PER 0-2")]
    [InlineData("O I-PER I-LOC", "PER 1-2, LOC 2-3")]
    [InlineData("B-PER B-PER", "PER 0-1, PER 1-2")]
    [InlineData("B-PER I-LOC", "PER 0-1, LOC 1-2")]
    [InlineData("I-PER B-PER", "PER 0-1, PER 1-2")]
    [InlineData("B-PER E-PER I-PER", "PER 0-2, PER 2-3")]
    [InlineData("S-PER E-PER E-PER", "PER 0-1, PER 1-2, PER 2-3")]
    [InlineData("O O O B I I O B I O", "_ 3-6, _ 7-9")]
    [InlineData("B-ORG-COMPANY I-ORG-COMPANY", "ORG-COMPANY 0-2")]
    [InlineData("U-PER L-PER O", "PER 0-2")]
    public void Conll_takes_every_run_of_a_type(string tags, string entities) =>
        Assert.Equal(entities, Read(NamedEntityScheme.Conll, tags));

    [Theory]
    [InlineData("PERSON PERSON O ORG CITY", "PERSON 0-2, ORG 3-4, CITY 4-5")]
    [InlineData("T-CELL T-CELL", "T-CELL 0-2")]
    [InlineData("PERSON 0 PERSON 0 0 COUNTRY", "PERSON 0-1, PERSON 2-3, COUNTRY 5-6")]
    public void Conll_reads_types_without_a_prefix_as_inside(string tags, string entities) =>
        Assert.Equal(entities, Read(NamedEntityScheme.Conll, tags));

    [Theory]
    [InlineData("I-PER", "")]
    [InlineData("I-PER I-PER O", "")]
    [InlineData("I-PER B-PER", "PER 1-2")]
    [InlineData("B-PER I-PER", "PER 0-2")]
    [InlineData("B-PER I-ORG", "PER 0-1")]
    [InlineData("B-PER I-ORG I-PER", "PER 0-1")]
    [InlineData("B-PER B-ORG", "PER 0-1, ORG 1-2")]
    [InlineData("I B I", "_ 1-3")]
    public void Iob2_needs_a_beginning(string tags, string entities) => Assert.Equal(entities, Read(NamedEntityScheme.Iob2, tags));

    [Theory]
    [InlineData("B-PER", "")]
    [InlineData("B-PER I-PER", "")]
    [InlineData("B-PER E-PER", "PER 0-2")]
    [InlineData("B-PER I-PER E-PER E-PER", "PER 0-3")]
    [InlineData("B-PER E-ORG", "")]
    [InlineData("B-PER S-PER", "PER 1-2")]
    [InlineData("B-PER B-PER I-PER E-PER", "PER 1-4")]
    [InlineData("S-PER S-PER", "PER 0-1, PER 1-2")]
    [InlineData("I-PER E-PER", "")]
    public void Iobes_and_bilou_need_a_beginning_and_an_end(string tags, string entities)
    {
        Assert.Equal(entities, Read(NamedEntityScheme.Iobes, tags));
        Assert.Equal(entities, Read(NamedEntityScheme.Bilou, tags.Replace("E-", "L-").Replace("S-", "U-")));
    }

    [Theory]
    [InlineData(NamedEntityScheme.Iob2, "E-PER", "Iob2")]
    [InlineData(NamedEntityScheme.Iobes, "U-PER", "Iobes")]
    [InlineData(NamedEntityScheme.Bilou, "S-PER", "Bilou")]
    [InlineData(NamedEntityScheme.Iob2, "BANK", "BANK")]
    public void A_strict_scheme_refuses_tags_of_others(NamedEntityScheme scheme, string tag, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => Read(scheme, tag)).Message);

    [Fact]
    public void An_unknown_scheme_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new EntityReader((NamedEntityScheme)9));

    private static string Read(NamedEntityScheme scheme, string tags)
    {
        var reader = new EntityReader(scheme);
        var entities = new List<EntitySpan>();
        reader.Read([.. tags.Split(' ').Select(tag => reader.Parse(tag))], entities);
        return string.Join(", ", entities.Select(entity => $"{entity.Type} {entity.Start}-{entity.End}"));
    }
}
